"""Asking the engine about one video of each kind gives what asking about all of them gives."""

import os
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from pipeline.engine.catalog import all_stages
from pipeline.engine.graph import Graph, folder_of
from pipeline.engine.planning import plan_by_kinds
from pipeline.engine.snakemake import Job
from tests.engine.project import MODEL, Project
from tests.engine.stand_ins import comparable, engines_plan, finish, list_videos, new_season

VIDEOS = 30
READING = ["frames", "features", "comments", "delay", "align", "statistics"]
WRITING = ["generate", "evaluate", "explain", "render", "report"]


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """All made."""
    project = new_season(tmp_path_factory.mktemp("season"), 2, VIDEOS)
    finish(project)
    return project


def test_of_a_finished_season_one_video_is_asked_about(season: Project) -> None:
    asked: list[str] = []

    def ask(targets: Sequence[str]) -> list[Job]:
        asked.extend(targets)
        return []

    (file,) = (season.workdir / ".graphs").iterdir()
    graph = msgspec.json.decode(file.read_bytes(), type=Graph)
    commented = graph.having["{item}/source.comments.json"]
    products = [(stage, commented) for stage in all_stages().values() if stage.product]
    assert plan_by_kinds(season.workdir, graph, graph.targets(products), ask) == []
    folders = {folder_of(target, graph.shared_folders()) for target in asked}
    assert folders == {*graph.members(), "ep-0000"}


def test_a_new_video_schedules_its_own_jobs_alone(season: Project) -> None:
    list_videos(season, 2, VIDEOS + 1)
    assert season.plan() == {(stage, f"ep-{VIDEOS:04}") for stage in READING + WRITING}


def _edit(file: Path) -> None:
    file.write_text(file.read_text() + "!")


def _interrupted(project: Project, path: str) -> None:
    """As a run that was killed leaves a file."""
    marks = project.workdir / ".snakemake" / "incomplete"
    (marks / urlsafe_b64encode(path.encode()).decode()).write_text('{"external_jobid": null}')


def _link(file: Path) -> None:
    elsewhere = file.with_name("elsewhere")
    file.rename(elsewhere)
    file.symlink_to(elsewhere)


def test_videos_in_all_sorts_of_states_are_told_apart(season: Project) -> None:
    made = season.workdir
    for video in ("ep-0001", "ep-0002"):
        (made / video / "annotated.mp4").unlink()
        _edit(made / video.replace("ep-000", "ep-001") / "comments.jsonl")
        _interrupted(season, f"{video.replace('ep-000', 'ep-002')}/delay.json")
    (made / "ep-0003" / "features.h5").unlink()
    (made / "ep-0004" / "features.h5").unlink()
    _edit(made / "ep-0004" / "frames.h5")
    (made / "ep-0005" / "frames.h5").touch()
    _edit(season.show / "ep-0006.xml")
    _edit(season.show / "ep-0007.mp4")
    (season.show / "ep-0008.mp4").touch()
    _link(made / "ep-0009" / "generated.jsonl")
    for path in (made / "ep-0010").glob("*.*"):
        os.utime(path)
    list_videos(season, 2, VIDEOS + 2)
    _same(season)

    (made / "past-0000" / "features.h5").unlink()
    _same(season)

    _edit(made / "models" / "danmaku" / MODEL / "comment_counts.json")
    list_videos(season, 2, VIDEOS + 2, layout={"safe_area": 0.1})
    with (season.code / "pipeline" / "danmaku" / "alignment" / "align.py").open("a") as code:
        code.write("EDITED = True\n")
    _same(season)


def _same(season: Project) -> None:
    assert comparable(season.made("plan")) == engines_plan(season)
