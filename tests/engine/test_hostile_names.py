"""Names and settings that would like to be more: nothing leaves workdir or reaches a shell."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from pipeline.runtime.errors import ExitCode
from pipeline.sources.registration import video_name
from tests.engine.project import ANNOTATE, ROOT, TRAIN, Project
from tests.engine.test_bad_input import refused

SHELL = "; touch pwned $(touch pwned)`touch pwned` | touch pwned & '\"$(shell touch pwned)"
EVERYTHING = f"{SHELL}{{video}}{{0}}%03d\n\u202e\x1b[2J\t -y"


@pytest.fixture
def fresh(untouched: Project, tmp_path: Path) -> Project:
    return untouched.copy_to(tmp_path / "fresh")


def named(project: Project, name: str) -> str:
    video = project.folder / name
    shutil.copy(project.show / f"{ANNOTATE}.mp4", video)
    return str(video)


def test_one_name_with_everything_in_it(fresh: Project) -> None:
    video = named(fresh, f"{EVERYTHING}.mp4")
    shutil.copy(fresh.show / f"{TRAIN}.xml", Path(video).with_suffix(".xml"))
    before = {path for path in fresh.folder.rglob("*") if fresh.workdir not in path.parents}
    fresh.made("render", "--of", "comments", "--video", video)
    assert (fresh.workdir / video_name(Path(video)) / "annotated.mp4").exists()
    after = {path for path in fresh.folder.rglob("*") if fresh.workdir not in path.parents}
    assert after - before <= {fresh.workdir}
    assert not list(fresh.workdir.rglob("pwned"))
    assert not (fresh.code / "pwned").exists()


@pytest.mark.parametrize("name", ["あ" * 83, "w" * 40, "क़" * 41, "-y", ".", "models", "ＲＵＮＳ"])
def test_names_that_a_file_may_well_have(fresh: Project, name: str) -> None:
    fresh.made("frames", "--video", named(fresh, f"{name}.mp4"))
    (made,) = fresh.workdir.glob("*/frames.h5")
    assert made.parent.name == video_name(Path(f"{name}.mp4"))


def test_what_is_no_file_is_refused(fresh: Project) -> None:
    os.mkfifo(fresh.folder / "fifo.mp4")
    (fresh.folder / "loop.mp4").symlink_to(fresh.folder / "loop.mp4")
    for path in (
        fresh.folder / "fifo.mp4",
        fresh.folder / "loop.mp4",
        Path("/dev/zero"),
        Path("gone\x1b[2J\n\u202e.mp4"),
    ):
        said = refused(fresh, ExitCode.VIDEO_MISSING, "frames", "--video", str(path))
        assert said.isprintable()
    refused(fresh, ExitCode.USAGE, "frames", "--video", f"{'x' * 300}.mp4")


def test_a_name_that_is_not_utf_8(fresh: Project) -> None:
    video = named(fresh, os.fsdecode(b"\xff\x1b.mp4"))
    said = refused(fresh, ExitCode.USAGE, "frames", "--video", video)
    assert "\\udcff\\x1b.mp4 is not UTF-8" in said


def test_a_setting_reaches_its_stage_as_it_is(fresh: Project) -> None:
    words = fresh.folder / f"{EVERYTHING}.txt"
    words.write_text("888\n")
    fresh.write_settings(comments={"ng_words": str(words)})
    fresh.made("comments", "--video", str(fresh.show / f"{TRAIN}.mp4"))
    assert not list(fresh.folder.rglob("pwned"))
    fresh.write_settings(comments={"ng_words": f"{words}{{none}}"})
    said = fresh.run("comments", "--video", str(fresh.show / f"{TRAIN}.mp4")).stderr
    assert "{none}" in said


@pytest.mark.parametrize("model", ["..", ".", "", ".hidden", "a/b", "/a", "a\n", "é" * 200])
def test_a_model_stays_in_its_folder(fresh: Project, model: str) -> None:
    fresh.config.write_text(yaml.safe_dump({"model": model}))
    refused(fresh, ExitCode.INVALID_SETTING, "train")


def make_of(folder: Path) -> Path:
    """A project whose Python writes the VIDEO it is given to a file."""
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\nprintf %s "$VIDEO" > given\nprintf %s "$*" > arguments\n')
    python.chmod(0o755)
    shutil.copy(ROOT / "Makefile", folder)
    (folder / "stages" / "pictures").mkdir(parents=True)
    (folder / "stages" / "pictures" / "frames.py").touch()
    for made in ("pyproject.toml", "constraints.txt", ".venv/run"):
        (folder / made).touch()
    return folder


@pytest.mark.parametrize("place", ["environment", "command line"])
@pytest.mark.parametrize(
    "name",
    [f"{SHELL}.mp4", "$HOME $(HOME) $$ %.mp4", "a # b\\ c ", "a\nb.mp4", os.fsdecode(b"\xff")],
)
def test_make_hands_a_name_on_as_it_is(tmp_path: Path, place: str, name: str) -> None:
    folder = make_of(tmp_path)
    command = ["make", "frames"] + ([f"VIDEO={name}"] if place == "command line" else [])
    plain = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    done = subprocess.run(
        command,
        cwd=folder,
        env=plain | ({"VIDEO": name} if place == "environment" else {}),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert (folder / "given").read_bytes() == os.fsencode(name)
    assert (folder / "arguments").read_text() == "-m pipeline frames"
    assert not (folder / "pwned").exists()
