"""`python -m pipeline.danmaku.comments`."""

import json
import os
import subprocess
import sys
from pathlib import Path

from pipeline.runtime.errors import ExitCode
from tests.danmaku.comments.conftest import WriteFile

ROOT = Path(__file__).parents[3]
XML = b'<packet><chat no="1" vpos="100">a</chat><chat no="2" vpos="200" deleted="1"/></packet>'
CSV = b"time,text\n1.5,b\n"


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline.danmaku.comments", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )


def test_it_reports_on_each_file_and_exits_with_the_first_failure(
    write_file: WriteFile, tmp_path: Path
) -> None:
    done = run(write_file(XML, "a.xml"), tmp_path / "none.xml", write_file(CSV, "b.csv"))
    assert done.returncode == ExitCode.COMMENTS_MISSING
    assert "a.xml (Niconico XML): 2 comments read, 1 kept (1 deleted)" in done.stdout
    assert "    1 deleted: 2" in done.stdout
    assert "b.csv (CSV): 1 comments read, 1 kept" in done.stdout
    assert "none.xml" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_it_merges_and_converts(write_file: WriteFile, tmp_path: Path) -> None:
    target = tmp_path / "all.vtt"
    done = run(write_file(XML, "a.xml"), write_file(CSV, "b.csv"), "--to", target, "--json")
    assert done.returncode == ExitCode.OK, done.stderr
    assert "2 comments written; vtt cannot carry numbers (1)" in done.stderr
    assert json.loads(done.stdout)["kept"] == 2
    assert target.read_text().count("-->") == 2


def test_an_unknown_ending_is_an_error_that_lists_the_formats(
    write_file: WriteFile, tmp_path: Path
) -> None:
    source, target = write_file(XML, "a.xml"), tmp_path / "out.xml"
    done = run(source, "--to", target)
    assert done.returncode == ExitCode.USAGE
    assert "--format" in done.stderr
    assert run(source, "--to", target, "--format", "bilibili.xml").returncode == ExitCode.OK
    assert "<d p=" in target.read_text()
