"""A training that is killed goes on to the very bytes of one that is not."""

import signal
import subprocess
from pathlib import Path

import pytest

from tests import forking
from tests.translation import toys

ROOT = Path(__file__).parents[2]


def made(folder: Path) -> dict[str, bytes]:
    return {
        path.name: path.read_bytes()
        for path in folder.joinpath("made").rglob("*")
        if path.suffix in (".safetensors", ".png")
    }


def run(folder: Path, *words: str) -> int:
    command = [forking.python(), "-m", "tests.translation.mortal", str(folder), *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode


def test_a_run_killed_at_some_moments_gives_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YAJIUMA_DEVICE", "cpu")
    folders = [tmp_path / name for name in ("killed", "spared")]
    for folder in folders:
        folder.mkdir()
        toys.write(folder)
    killed, spared = folders
    assert run(spared) == 0
    expected = made(spared)
    assert set(expected) == {"model.safetensors", "samples.png", "0001.png", "0002.png"}
    # Amid the second checkpoint of each process, and then never.
    for _ in range(2):
        assert run(killed, "500000") == -signal.SIGKILL
        assert "model.safetensors" not in made(killed)
    assert run(killed) == 0
    assert made(killed) == expected
    assert {path.name for path in killed.joinpath("made").iterdir()} == {
        *("model.safetensors", "training.json", "samples.png", "samples", "logs"),
    }
