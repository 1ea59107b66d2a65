"""A model is trained once and then comments on other videos."""

import json
import shutil
from pathlib import Path

import pytest

from tests.engine.project import ANNOTATE, TRAIN, Project


@pytest.fixture
def bare(untouched: Project, tmp_path: Path) -> Project:
    """A project whose settings name no videos."""
    project = untouched.copy_to(tmp_path / "bare")
    project.write_settings(videos={})
    return project


def test_the_first_video_with_comments_trains_and_is_remembered(bare: Project) -> None:
    first = bare.show / f"{TRAIN}.mp4"
    other = bare.folder / "other.mp4"  # has no comments of its own
    shutil.copy(bare.show / f"{ANNOTATE}.mp4", other)
    bare.made("generate", "--video", str(first))
    file = bare.workdir / "models" / "danmaku" / "tiny" / "model.safetensors"
    model = file.read_bytes()
    said = bare.made("render", "--video", str(other))
    assert "other/annotated.mp4 (made)" in said
    assert "train tiny" not in said
    assert (
        bare.workdir / "models" / "danmaku" / "tiny" / "model.safetensors"
    ).read_bytes() == model
    assert bare.plan("render", "--video", str(first)) == {("render", TRAIN)}
    assert "up to date" in bare.made("render", "--video", str(other))


def learned_from(project: Project) -> list[str]:
    training = project.workdir / "models" / "danmaku" / "tiny" / "training.json"
    return list(json.loads(training.read_text())["videos"])


def test_training_on_another_video_is_said_and_replaces_the_model(
    finished: Project, tmp_path: Path
) -> None:
    project = finished.copy_to(tmp_path)
    project.write_settings(videos={})
    other = ("train", "--video", str(project.show / f"{ANNOTATE}.mp4"))
    assert ("train", "models/danmaku/tiny") in project.plan(*other)
    assert learned_from(project) == [TRAIN]
    project.made(*other)
    assert learned_from(project) == [ANNOTATE]


def test_comments_elsewhere_are_remembered(bare: Project) -> None:
    video, elsewhere = bare.folder / "talk.mp4", bare.folder / "saved.xml"
    shutil.copy(bare.show / f"{TRAIN}.mp4", video)
    shutil.copy(bare.show / f"{TRAIN}.xml", elsewhere)
    bare.made("comments", "--video", str(video), "--comments", str(elsewhere))
    assert bare.plan("comments", "--video", str(video)) == set()


def test_clean_removes_one_video_and_nothing_else(finished: Project, tmp_path: Path) -> None:
    project = finished.copy_to(tmp_path)
    project.made("plan")
    project.made("clean", "--video", str(project.show / f"{ANNOTATE}.mp4"))
    assert not (project.workdir / ANNOTATE).exists()
    assert (project.workdir / TRAIN / "features.h5").exists()
    assert (project.show / f"{ANNOTATE}.mp4").exists()
    project.made("clean")
    assert not (project.workdir / TRAIN).exists()
    assert (project.workdir / "models" / "danmaku" / "tiny").exists()
    project.made("clean", "--model", "tiny")
    assert not (project.workdir / "models" / "danmaku" / "tiny").exists()
    assert "nothing to remove" in project.made("clean")


def test_doctor_finds_everything_here(untouched: Project, tmp_path: Path) -> None:
    said = untouched.copy_to(tmp_path).made("doctor")
    assert "MEND" not in said
    for need in ("Python", "torch", "ffmpeg", "MeCab", "fonts", "disk"):
        assert f"ok    {need}" in said
