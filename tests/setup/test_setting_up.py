"""`make` sets .venv up once, however many calls want it; a stand-in does the costly parts."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PYTHON = f"""#!/bin/sh
case "$1" in
-c) exit 0 ;;
-m) mkdir -p .venv/bin && cp pip python .venv/bin && echo venv >> done && exit "${{FAULT:-0}}" ;;
*) exec {sys.executable} "$@" ;;
esac
"""
PIP = """#!/bin/sh
echo begin >> done
sleep 0.5
echo "end $*" >> done
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A project without .venv, whose Python notes in the file `done` what it did."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    tool = Path("pipeline", "setup", "run_exclusively.py")
    (tmp_path / tool).parent.mkdir(parents=True)
    shutil.copy(ROOT / tool, tmp_path / tool)
    for file in ("pyproject.toml", "constraints.txt"):
        (tmp_path / file).touch()
    for name, script in (("python", PYTHON), ("pip", PIP)):
        (tmp_path / name).write_text(script)
        (tmp_path / name).chmod(0o755)
    return tmp_path


def make(folder: Path, target: str, **environment: str) -> subprocess.Popen[str]:
    plain = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    return subprocess.Popen(
        ["make", f"PYTHON={folder}/python", target],
        cwd=folder,
        env=plain | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def done(folder: Path) -> list[str]:
    return (folder / "done").read_text().splitlines()


@pytest.mark.parametrize("targets", [["setup"] * 2, [".venv/dev", "setup", ".venv/dev"]])
def test_calls_at_once_set_up_once_and_one_by_one(checkout: Path, targets: list[str]) -> None:
    calls = [make(checkout, target) for target in targets]
    said = [call.communicate()[1] for call in calls]
    assert [call.returncode for call in calls] == [0] * len(calls), said
    venv, *pips = done(checkout)
    assert venv == "venv"
    assert [line.split()[0] for line in pips] == ["begin", "end"] * len(set(targets))
    assert any("waiting for its end" in words for words in said)
    assert make(checkout, targets[0]).communicate()[1] == ""
    assert len(done(checkout)) == 1 + len(pips)


def test_what_failed_is_done_again(checkout: Path) -> None:
    assert make(checkout, "setup", FAULT="1").wait() != 0
    assert make(checkout, "setup").wait() == 0
    assert [line.split()[0] for line in done(checkout)] == ["venv", "venv", "begin", "end"]
