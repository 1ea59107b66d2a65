"""What a stage says and records, as a process of its own."""

import os
import subprocess
from pathlib import Path

import pytest

from pipeline.engine.stage_record import StageRecord, last_record
from pipeline.runtime.logs import VERBOSE
from tests import forking
from tests.engine.project import ROOT

XML = '<packet><chat vpos="100" no="1">草</chat><chat vpos="200" no="2">猫</chat></packet>'
OUTPUTS = {
    "comments": "comments.jsonl",
    "import_report": "import_report.json",
    "import_report_text": "import_report.txt",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.xml").write_text(XML)
    return tmp_path


def said(folder: Path, *options: str, **environment: str) -> str:
    """What the stage ``comments`` writes to the screen."""
    files = [f"--output={name}={folder / 'a' / file}" for name, file in OUTPUTS.items()]
    return subprocess.run(
        [
            *(forking.python(), "-m", "stages.danmaku.comments"),
            *(f"--input=source={folder / 'a.xml'}", *files, *options),
        ],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    ).stderr


def record(folder: Path) -> StageRecord:
    found = last_record(folder / "a" / "logs", "comments", since_ns=0)
    assert found is not None
    return found


def test_details_are_in_the_log_and_only_on_request_on_the_screen(folder: Path) -> None:
    plain = said(folder)
    assert "2 comments kept" in plain
    assert "started: " not in plain
    assert " DEBUG started: " in (folder / "a" / "logs" / "comments.log").read_text()
    assert "started: " in said(folder, "-v")
    assert "started: " in said(folder, **{VERBOSE: "1"})


def test_the_record_tells_what_was_made(folder: Path) -> None:
    said(folder)
    assert record(folder).amounts == {"comments": 2}
    sizes = [(folder / "a" / name).stat().st_size for name in OUTPUTS.values()]
    assert record(folder).bytes == sum(sizes)


def test_the_log_and_the_record_lie_in_the_folder_of_the_item_however_deep_the_outputs_are(
    folder: Path,
) -> None:
    screen = said(folder, f"--folder={folder}")
    assert screen.startswith(f"comments {folder.name}: ")
    assert (folder / "logs" / "comments.log").exists()
    found = last_record(folder / "logs", "comments", since_ns=0)
    assert found is not None
    assert found.bytes == sum(file.stat().st_size for file in (folder / "a").iterdir())
    assert not (folder / "a" / "logs").exists()


def test_only_a_run_after_one_that_ended_well_does_all_the_work(folder: Path) -> None:
    said(folder)
    assert record(folder).from_start
    said(folder)
    assert record(folder).from_start
    (folder / "a" / "logs" / "comments.json").unlink()  # as a killed one leaves it
    said(folder)
    assert not record(folder).from_start
