"""What reruns when, and that nothing else does."""

import os
from pathlib import Path

import pytest

from pipeline.show.episode import make_episode
from pipeline.show.spec import EpisodeSpec
from tests.engine.project import ANNOTATE, MODEL, TRAIN, Project, copy_code

BOTH = (TRAIN, ANNOTATE)
SHOWING = {("render", ANNOTATE), ("report", ANNOTATE)}
WRITING = {(stage, ANNOTATE) for stage in ("generate", "evaluate", "explain")} | SHOWING
LEARNING = {(stage, f"models/danmaku/{MODEL}") for stage in ("train", "corpus")} | WRITING
COUNTING = {("vocabulary", f"models/danmaku/{MODEL}")} | LEARNING
ALIGNING = (
    {(stage, video) for stage in ("align", "statistics") for video in BOTH}
    | {("rate", f"models/danmaku/{MODEL}")}
    | LEARNING
)
AFTER_COMMENTS = {("delay", video) for video in BOTH} | ALIGNING | COUNTING
AFTER_FRAMES = {(stage, video) for stage in ("features", "delay") for video in BOTH} | ALIGNING
EVERYTHING = (
    {(stage, video) for stage in ("frames", "comments") for video in BOTH}
    | AFTER_FRAMES
    | AFTER_COMMENTS
)


def test_a_fresh_project_runs_everything_once(untouched: Project, tmp_path: Path) -> None:
    assert untouched.copy_to(tmp_path).plan() == EVERYTHING


def test_a_finished_one_runs_nothing(project: Project) -> None:
    before = project.results()
    assert project.plan() == set()
    assert "up to date" in project.made("render")
    assert project.results() == before


def test_another_picture_stream_reruns_all_that_looks(project: Project) -> None:
    """The film has but one, which is what players choose too; being told so is a change."""
    video = ("--video", str(project.show / f"{ANNOTATE}.mp4"))
    looking = {(stage, ANNOTATE) for stage in ("frames", "features", "delay")}
    assert project.plan(*video) == set()
    assert looking <= project.plan(*video, "--stream", "0")


@pytest.mark.parametrize(
    ("section", "changes", "expected"),
    [
        ("render", {"crf": 30}, {("render", ANNOTATE)}),
        ("layout", {"safe_area": 0.1}, SHOWING),
        ("generate", {"rate": 0.5}, WRITING),
        ("train", {"captioner": {"size": 8}, "schedule": {"batch": 8, "epochs": 2}}, LEARNING),
        ("align", {"held_out": {"share": 0.3}}, ALIGNING),
        ("vocabulary", {"size": 20}, COUNTING),
        (
            "comments",
            {"normalization": {"max_run": 3}},
            {("comments", v) for v in BOTH} | AFTER_COMMENTS,
        ),
        ("frames", {"size": 32, "fps": 4}, {("frames", v) for v in BOTH} | AFTER_FRAMES),
        ("evaluate", {"max_queries": 9}, {("evaluate", ANNOTATE), ("report", ANNOTATE)}),
    ],
)
def test_a_changed_setting_reruns_its_stage_and_what_follows(
    project: Project, section: str, changes: dict[str, object], expected: set[tuple[str, str]]
) -> None:
    project.write_settings(**{section: changes})
    assert project.plan() == expected


def test_the_plan_names_the_changed_setting(project: Project) -> None:
    project.write_settings(render={"crf": 30})
    assert "changed: render.crf=30 (was None)" in project.made("plan")


def test_a_setting_spelled_out_at_its_default_reruns_nothing(project: Project) -> None:
    project.write_settings(render={"preset": "veryfast"})
    assert project.plan() == set()


def test_a_changed_comment_file_reruns_what_reads_it(project: Project) -> None:
    file = project.show / f"{TRAIN}.xml"
    stamp = file.stat()
    file.write_text(file.read_text().replace("</chat>", "!</chat>", 1))
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))  # content decides, not time
    others = {(stage, ANNOTATE) for stage in ("comments", "delay", "align", "statistics")}
    assert project.plan() == ({("comments", TRAIN)} | AFTER_COMMENTS) - others


def test_a_changed_video_reruns_what_shows_it(project: Project) -> None:
    project.made("plan")  # learns that the videos moved along
    make_episode(
        project.show, EpisodeSpec(episode=2, seconds=2, width=96, height=54, comment_rate=9)
    )
    reading = ("frames", "features", "comments", "delay", "align", "statistics")
    assert project.plan() == {(stage, ANNOTATE) for stage in reading} | WRITING


def test_touching_or_moving_a_video_reruns_nothing(project: Project) -> None:
    (project.show / f"{ANNOTATE}.mp4").touch()
    assert project.plan() == set()
    elsewhere = project.folder / "elsewhere"
    project.show.rename(elsewhere)
    project.write_settings(
        videos={
            "train": [str(elsewhere / f"{TRAIN}.mp4")],
            "annotate": [str(elsewhere / f"{ANNOTATE}.mp4")],
        }
    )
    assert project.plan() == set()


def test_a_deleted_result_is_made_again_as_it_was(project: Project) -> None:
    before = project.results()
    (project.workdir / ANNOTATE / "generated.jsonl").unlink()
    (project.workdir / ANNOTATE / "annotated.mp4").unlink()
    assert project.plan() == WRITING
    project.made("render", "report")
    assert project.results() == before


def test_large_files_may_be_deleted_once_they_are_used(project: Project) -> None:
    for video in (TRAIN, ANNOTATE):
        (project.workdir / video / "features.h5").unlink()
    assert project.plan() == set()
    project.made("features")
    assert project.plan() == set()


def test_only_the_asked_stage_is_brought_up_to_date(project: Project) -> None:
    project.write_settings(frames={"size": 32, "fps": 4})
    project.made("frames", "--video", str(project.show / f"{ANNOTATE}.mp4"))
    assert ("frames", ANNOTATE) not in project.plan()
    assert ("frames", TRAIN) in project.plan()


@pytest.fixture
def edited(project: Project, tmp_path: Path) -> Project:
    """A finished project run by a copy of the code, which may be edited."""
    project.code = copy_code(tmp_path / "code")
    return project


def _edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_an_edited_stage_reruns_with_what_follows(edited: Project) -> None:
    _edit(edited.code / "stages" / "danmaku" / "render.py", "} over {", "} on {")
    assert edited.plan() == {("render", ANNOTATE)}


@pytest.mark.parametrize("script", ["report/web/theme.js", "danmaku/sections/watch/web/watch.js"])
def test_an_edited_script_of_the_page_reruns_the_report(edited: Project, script: str) -> None:
    _edit(edited.code / "pipeline" / script, "use strict", "use strict ")
    assert edited.plan() == {("report", ANNOTATE)}


def test_an_edited_helper_reruns_the_stages_that_import_it(edited: Project) -> None:
    _edit(
        edited.code / "pipeline" / "danmaku" / "alignment" / "held_out.py",
        "max(1, round(",
        "max(2, round(",
    )
    assert edited.plan() == ALIGNING
    assert "changed: code" in edited.made("plan")


def test_an_edited_comment_or_docstring_reruns_nothing(edited: Project) -> None:
    _edit(edited.code / "stages" / "danmaku" / "align.py", '"""Write', '# why not\n    """Wrote')
    assert edited.plan() == set()


def test_a_new_file_in_stages_is_a_stage(edited: Project) -> None:
    """It has a rule, a verb, settings, a log and the place in the plan that its files give it."""
    (edited.code / "stages" / "danmaku" / "shout.py").write_text(
        '''"""Shout the generated comments."""
from pipeline.engine.settings import StageConfig
from pipeline.engine.stage import Stage


class Config(StageConfig, frozen=True):
    mark: str = "!"


def run(inputs, outputs, config):
    outputs["shouted"].write_text(inputs["comments"].read_text().upper() + config.mark)
    return "shouted"


STAGE = Stage(
    inputs={"comments": "{item}/generated.jsonl"},
    outputs={"shouted": "{item}/shouted.txt"},
    config=Config,
    run=run,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
'''
    )
    edited.write_settings(shout={"mark": "?"})
    assert edited.plan("shout") == {("shout", ANNOTATE)}
    edited.made("shout")
    folder = edited.workdir / ANNOTATE
    assert (folder / "shouted.txt").read_text().endswith("?")
    assert "shouted" in (folder / "logs" / "shout.log").read_text()
