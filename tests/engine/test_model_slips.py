"""Ordinary slips that once lost or poisoned a finished model, step by step."""

import json
import shutil
from pathlib import Path

import pytest

from pipeline.runtime.errors import ExitCode
from tests.engine.project import ANNOTATE, MODEL, TRAIN, Project

OTHER = "other"
"""A video without comments of its own."""


@pytest.fixture
def trained(finished: Project, tmp_path: Path) -> Project:
    """A project whose model is finished, and whose settings name no videos."""
    project = finished.copy_to(tmp_path / "trained")
    project.made("plan")  # learns that the videos moved along
    project.write_settings(videos={})
    shutil.copy(project.show / f"{ANNOTATE}.mp4", project.folder / f"{OTHER}.mp4")
    return project


def model_of(project: Project, name: str = MODEL) -> dict[str, bytes]:
    folder = project.workdir / "models" / "danmaku" / name
    return {file.name: file.read_bytes() for file in folder.glob("*.*")}


def learned_from(project: Project) -> list[str]:
    training = project.workdir / "models" / "danmaku" / MODEL / "training.json"
    return list(json.loads(training.read_text())["videos"])


def video(project: Project, name: str) -> tuple[str, str]:
    folder = project.folder if name == OTHER else project.show
    return "--video", str(folder / f"{name}.mp4")


def clean(project: Project) -> None:
    project.made("clean", *video(project, TRAIN))


def delete(project: Project) -> None:
    (project.show / f"{TRAIN}.mp4").unlink()


def move(project: Project) -> None:
    elsewhere = project.folder / "elsewhere"
    elsewhere.mkdir()
    for file in project.show.glob(f"{TRAIN}.*"):
        file.rename(elsewhere / file.name)


def lose_its_comments(project: Project) -> None:
    (project.show / f"{TRAIN}.xml").unlink()


def replace(project: Project) -> None:
    """Another video of the same name."""
    clean(project)
    for ending in ("mp4", "xml"):
        shutil.copy(project.show / f"{ANNOTATE}.{ending}", project.show / f"{TRAIN}.{ending}")
    project.made("comments", *video(project, TRAIN))


def of_the_model(plan: set[tuple[str, str]]) -> set[str]:
    """The stages that would make the model anew."""
    return {stage for stage, folder in plan if folder.startswith("models/")}


def test_a_finished_model_outlives_what_it_learned_from(trained: Project) -> None:
    before = model_of(trained)
    clean(trained)
    said = trained.made("render", "report", "evaluate", *video(trained, ANNOTATE))
    assert f"{TRAIN}, from which it learned, is not here" in said
    assert model_of(trained) == before
    assert {what for what, _ in trained.plan("all", *video(trained, ANNOTATE))} == {"note"}
    page = (trained.workdir / ANNOTATE / "report" / "index.html").read_text()
    assert "No longer in the working folder" in page
    evaluation = json.loads((trained.workdir / ANNOTATE / "evaluation.json").read_text())
    assert evaluation["measured_on"] == "another video"


@pytest.mark.parametrize("lose", [delete, move, lose_its_comments, replace])
def test_however_it_was_lost_nothing_is_trained_anew(trained: Project, lose: object) -> None:
    assert callable(lose)
    lose(trained)
    said = trained.made("plan", "render", "report", *video(trained, OTHER))
    assert f"{TRAIN}, from which it learned, is not here" in said
    assert not of_the_model(trained.plan("render", "report", *video(trained, OTHER)))


def test_what_a_model_lacks_and_cannot_be_made_anew_is_told(trained: Project) -> None:
    clean(trained)
    (trained.workdir / "models" / "danmaku" / MODEL / "model.safetensors").unlink()
    refused = trained.run("plan", "render", *video(trained, OTHER))
    assert refused.returncode == ExitCode.NO_MODEL
    assert "lacks model.safetensors, and cannot be made anew" in refused.stderr


def test_settings_that_list_what_is_gone_do_not_force_training_anew(
    finished: Project, tmp_path: Path
) -> None:
    project = finished.copy_to(tmp_path)
    project.made("plan")
    for lose in (clean, delete):
        lose(project)
        for name in ("generated.jsonl", "annotated.mp4"):
            (project.workdir / ANNOTATE / name).unlink(missing_ok=True)
        assert not of_the_model(project.plan("render"))
    assert project.run("train").returncode == ExitCode.VIDEO_MISSING


def test_a_model_that_was_copied_is_used_as_it_is(trained: Project) -> None:
    """Also where the video that it learned from is at hand, with newer files."""
    copy = Project(trained.folder / "elsewhere", trained.network)
    copy.folder.mkdir()
    copy.write_settings(videos={})
    shutil.copytree(
        trained.workdir / "models" / "danmaku" / MODEL, copy.workdir / "models" / "danmaku" / MODEL
    )
    shutil.copytree(trained.show, copy.show)
    copy.made("align", *video(copy, TRAIN))
    said = copy.made("plan", "render", "report", *video(copy, ANNOTATE))
    assert "comes from elsewhere" in said
    assert not of_the_model(copy.plan("render", "report", *video(copy, ANNOTATE)))


def test_without_its_videos_a_model_is_trained_anew_on_others_alone(trained: Project) -> None:
    clean(trained)
    refused = trained.run("train")
    assert refused.returncode == ExitCode.NO_MODEL
    assert TRAIN in refused.stderr and "make train VIDEO=" in refused.stderr
    assert learned_from(trained) == [TRAIN]
    before = model_of(trained)
    trained.made("train", *video(trained, ANNOTATE))
    assert learned_from(trained) == [ANNOTATE]
    assert model_of(trained, f"{MODEL}-previous") == before
    again = trained.plan("render", "--model", f"{MODEL}-previous", *video(trained, OTHER))
    assert ("generate", OTHER) in again
    assert not of_the_model(again)


def test_train_without_a_video_trains_on_those_it_knows(trained: Project) -> None:
    assert trained.plan("train") == set()
    schedule = {"batch": 8, "epochs": 2}
    trained.write_settings(videos={}, train={"captioner": {"size": 8}, "schedule": schedule})
    assert trained.plan("train") == {("train", f"models/danmaku/{MODEL}")}


def test_models_are_listed_and_removed_by_name(trained: Project) -> None:
    listed = trained.made("models").splitlines()
    (row,) = [line for line in listed if line.split()[:2] == ["danmaku", MODEL]]
    assert TRAIN in row and "of 3" in row and trained.network.name in row
    assert trained.run("clean").returncode == ExitCode.USAGE
    assert trained.run("clean", "--model", "../x").returncode == ExitCode.USAGE
    assert (
        trained.run("render", "--model", "none", *video(trained, OTHER)).returncode
        == ExitCode.NO_MODEL
    )
    said = trained.made("clean", "--model", "nope")
    assert said.endswith(f"there is models/danmaku/{MODEL}\n")
    trained.made("clean", "--model", MODEL)
    assert not (trained.workdir / "models" / "danmaku" / MODEL).exists()
    assert (trained.workdir / TRAIN / "features.h5").exists()
    assert "no model yet" in trained.made("models")


@pytest.fixture
def bare(untouched: Project, tmp_path: Path) -> Project:
    """A project in which nothing ran, and whose settings name no videos."""
    project = untouched.copy_to(tmp_path / "bare")
    project.write_settings(videos={})
    return project


def test_a_comment_file_given_for_the_video_leaves_no_trace(bare: Project) -> None:
    refused = bare.run("render", "--video", str(bare.show / f"{TRAIN}.xml"))
    assert refused.returncode == ExitCode.NOT_A_VIDEO
    assert "COMMENTS=" in refused.stderr
    assert not (bare.workdir / TRAIN).exists()


def test_what_is_no_video_is_not_learned_from(bare: Project) -> None:
    """Neither then nor later, though it has comments beside it."""
    broken = bare.folder / "broken.mp4"
    broken.write_text("no video")
    shutil.copy(bare.show / f"{TRAIN}.xml", bare.folder / "broken.xml")
    assert bare.run("generate", "--video", str(broken)).returncode == ExitCode.NOT_A_VIDEO
    bare.made("train", *video(bare, TRAIN))
    assert learned_from(bare) == [TRAIN]


def test_one_of_two_models_that_a_stage_needs_is_told_where_it_is_missing(bare: Project) -> None:
    wanted = ("plan", "report", *video(bare, TRAIN))
    assert bare.run(*wanted).returncode == ExitCode.OK
    refused = bare.run(*wanted, "--set", "report.tags=true")
    assert refused.returncode == ExitCode.NO_MODEL
    assert "no tags to train one on" in refused.stderr


@pytest.mark.parametrize("fault", ["video", "comments"])
def test_of_a_folder_the_model_learns_from_what_can_be_read(bare: Project, fault: str) -> None:
    """The broken one is told; a second run does nothing more."""
    season = bare.folder / "season"
    shutil.copytree(bare.show, season)
    for ending in ("mp4", "xml"):
        shutil.copy(season / f"{ANNOTATE}.{ending}", season / f"broken.{ending}")
    (season / ("broken.mp4" if fault == "video" else "broken.xml")).write_text("<html>404</html>")
    code = {"video": ExitCode.NOT_A_VIDEO, "comments": ExitCode.UNKNOWN_FORMAT}[fault]

    done = bare.run("generate", "--video", str(season))
    assert done.returncode == code, done.stderr
    assert f"“{MODEL}” learns without broken" in done.stderr
    assert learned_from(bare) == [TRAIN, ANNOTATE]
    assert (bare.workdir / ANNOTATE / "generated.jsonl").exists()
    assert not of_the_model(bare.plan("generate", "--video", str(season)))


def test_a_source_that_breaks_later_does_not_cost_the_model(project: Project) -> None:
    before = model_of(project)
    (project.show / f"{TRAIN}.xml").write_text("<html>404</html>")
    (project.workdir / ANNOTATE / "annotated.mp4").unlink()
    done = project.run("render")
    assert done.returncode == ExitCode.UNKNOWN_FORMAT
    assert "is used as it is" in done.stderr
    assert (project.workdir / ANNOTATE / "annotated.mp4").exists()
    assert model_of(project) == before


@pytest.mark.parametrize(
    ("stage", "then", "file", "settings"),
    [
        ("generate", "render", "generated.jsonl", {"generate": {"rate": 0.5}}),
        ("comments", "align", "comments.jsonl", {"comments": {"normalization": {"max_run": 3}}}),
    ],
)
def test_what_was_edited_by_hand_is_kept(
    project: Project, stage: str, then: str, file: str, settings: dict[str, dict[str, object]]
) -> None:
    edited = project.workdir / ANNOTATE / file
    edited.write_text("".join(edited.read_text().splitlines(keepends=True)[1:]))
    text = edited.read_text()
    project.write_settings(**settings)
    assert (stage, ANNOTATE) not in project.plan(then)
    said = project.made(then)
    assert f"{file} was edited by hand and is kept; delete it" in said
    assert edited.read_text() == text
    edited.unlink()
    assert (stage, ANNOTATE) in project.plan(then)
    project.made(then)
    assert edited.read_text() != text


def test_settings_that_cannot_do_are_told_once_before_anything_is_done(
    untouched: Project, tmp_path: Path
) -> None:
    project = untouched.copy_to(tmp_path / "project")
    words = project.folder / "ng.txt"
    words.write_text("/(/\n")
    cases: list[tuple[dict[str, dict[str, object]], ExitCode]] = [
        (
            {"features": {"backbone": "nowhere.onnx", "taps": ["grid"]}},
            ExitCode.WEIGHTS_UNAVAILABLE,
        ),
        (
            {"features": {"backbone": "vgg19", "weights": "nowhere.pth"}},
            ExitCode.WEIGHTS_UNAVAILABLE,
        ),
        (
            {"features": {"backbone": "vgg19", "weights": "random", "taps": ["gird"]}},
            ExitCode.INVALID_SETTING,
        ),
        (
            {"comments": {"user_dictionary": str(project.show / f"{TRAIN}.mp4")}},
            ExitCode.DICTIONARY_UNAVAILABLE,
        ),
        ({"generate": {"ng_words": str(words)}}, ExitCode.INVALID_SETTING),
    ]
    for settings, code in cases:
        project.write_settings(**settings)
        done = project.run("render")
        (said,) = done.stderr.strip().splitlines()
        assert done.returncode == code, said
        assert ANNOTATE in said
        assert not list(project.workdir.glob("*/frames.h5"))
