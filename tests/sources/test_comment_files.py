"""The verbs inspect and convert."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from pipeline.runtime.errors import ExitCode
from tests import forking

ROOT = Path(__file__).parents[2]
XML = b'<packet><chat no="1" vpos="100">a</chat><chat no="2" vpos="200" deleted="1"/></packet>'
CSV = b"time,text\n1.5,b\n"


@pytest.fixture
def xml(tmp_path: Path) -> Path:
    path = tmp_path / "a.xml"
    path.write_bytes(XML)
    return path


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "b.csv"
    path.write_bytes(CSV)
    return path


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [forking.python(), "-m", "pipeline", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )


def test_each_file_is_reported_and_the_first_failure_is_the_exit_code(xml: Path, csv: Path) -> None:
    done = run("inspect", xml, xml.with_name("none.xml"), csv)
    assert done.returncode == ExitCode.COMMENTS_MISSING
    assert "a.xml (Niconico XML): 2 comments read, 1 kept (1 deleted)" in done.stdout
    assert "    1 deleted: 2" in done.stdout
    assert "b.csv (CSV): 1 comment read, 1 kept" in done.stdout
    assert "none.xml" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_times_of_the_first_and_the_last_comment_are_told(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("time,text\n75,late\n1.5,early\n3,between\n")
    assert run("inspect", path).stdout.endswith("    from 0:01 to 1:15\n")
    told = json.loads(run("inspect", path, "--json").stdout)
    assert (told["first_ms"], told["last_ms"]) == (1500, 75000)


def test_files_are_merged_and_converted(xml: Path, csv: Path, tmp_path: Path) -> None:
    target = tmp_path / "all.vtt"
    done = run("convert", xml, csv, target, "--json")
    assert done.returncode == ExitCode.OK, done.stderr
    assert "2 comments written; vtt cannot carry numbers (1)" in done.stderr
    assert json.loads(done.stdout)["kept"] == 2
    assert target.read_text().count("-->") == 2


@pytest.mark.parametrize("name", ["out.xml", "vtt"])
def test_an_unknown_ending_is_an_error_that_lists_the_formats(
    xml: Path, tmp_path: Path, name: str
) -> None:
    target = tmp_path / name
    done = run("convert", xml, target)
    assert done.returncode == ExitCode.USAGE
    assert "--format with one of ass, bilibili.xml" in done.stderr
    done = run("convert", xml, target, "--format", "bilibili.xml")
    assert done.returncode == ExitCode.OK
    assert "<d p=" in target.read_text()


def test_a_file_that_exists_is_replaced_only_by_force(xml: Path, csv: Path) -> None:
    done = run("convert", xml, csv)
    assert done.returncode == ExitCode.USAGE
    assert "b.csv is there already" in done.stderr
    assert csv.read_bytes() == CSV
    assert run("convert", xml, csv, "--force").returncode == ExitCode.OK
    assert csv.read_bytes() != CSV


def test_an_unknown_format_is_told_with_those_there_are(xml: Path, tmp_path: Path) -> None:
    done = run("convert", xml, tmp_path / "b", "--format", "cvs")
    assert done.returncode == ExitCode.USAGE
    assert "Did you mean `csv`?" in done.stderr
