"""`make export`: of the viewers' comments or the model's, in any format, without needing more."""

import json
from pathlib import Path

from PIL import Image

from pipeline.danmaku.comments.reading import read_comments
from pipeline.runtime.errors import ExitCode
from tests.engine.project import ANNOTATE, TRAIN, Project


def test_the_viewers_comments_need_no_model(untouched: Project, tmp_path: Path) -> None:
    fresh = untouched.copy_to(tmp_path)
    video = ("--video", str(fresh.show / f"{TRAIN}.mp4"))
    assert fresh.plan("export", *video) == {("comments", TRAIN), ("export", TRAIN)}
    said = fresh.made("export", *video, "--format", "csv")
    assert "comments written" in said
    fresh.made("export", *video, "--format", "niconico.xml")
    folder = fresh.workdir / TRAIN
    kept = len((folder / "comments.jsonl").read_text().splitlines())
    for name in ("comments.csv", "comments.niconico.xml"):
        assert len(list(read_comments(folder / name))) == kept
    assert fresh.plan("export", *video, "--format", "csv") == set()


def test_the_models_comments(project: Project) -> None:
    video = ("--video", str(project.show / f"{ANNOTATE}.mp4"))
    said = project.made("export", *video, "--of", "generated")
    written = (project.workdir / ANNOTATE / "generated.jsonl").read_text().splitlines()
    lines = (project.workdir / ANNOTATE / "generated.ass").read_text().count("\nDialogue:")
    assert lines == len(written)
    assert "cannot carry numbers" in said


def test_a_format_that_is_none(untouched: Project) -> None:
    done = untouched.run("export", "--format", "docx")
    assert done.returncode == ExitCode.INVALID_SETTING
    assert "FORMAT= is “docx”, but must be one of ass, bilibili.xml, csv" in done.stderr
    assert "FORMAT=" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_export_is_no_product(project: Project) -> None:
    assert not any(stage == "export" for stage, _ in project.plan())


def test_what_a_verb_has_no_use_for_is_refused(untouched: Project) -> None:
    done = untouched.run("features", "--of", "generated")
    assert done.returncode == ExitCode.USAGE
    assert "OF= means nothing to features" in done.stderr
    assert "export, overlay, render, stills" in done.stderr
    done = untouched.run("stills", "--at", "soon")
    assert done.returncode == ExitCode.USAGE
    assert "'soon' is not a time" in done.stderr


def test_the_layout_and_moments_of_the_viewers_comments_need_no_model(
    untouched: Project, tmp_path: Path
) -> None:
    fresh = untouched.copy_to(tmp_path)
    video = ("--video", str(fresh.show / f"{TRAIN}.mp4"))
    fresh.made("export", *video, "--format", "layout.json")
    fresh.made("stills", *video, "--of", "comments", "--at", "0:01,2")
    folder = fresh.workdir / TRAIN
    assert json.loads((folder / "comments.layout.json").read_text())["comments"]
    with Image.open(folder / "stills.png") as sheet:
        assert sheet.width > sheet.height
