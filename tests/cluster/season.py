"""Three tiny episodes, and whether what was made of them is the same to the last byte."""

from __future__ import annotations

import os
import time
from pathlib import Path

from pipeline.show.episode import make_episode
from pipeline.show.spec import EpisodeSpec
from tests.engine.project import ANNOTATE, RESULTS, TRAIN, Project, new_project

THIRD = "nekomachi-03"
ALL_RESULTS = [*RESULTS, *(name.replace(ANNOTATE, THIRD) for name in RESULTS if ANNOTATE in name)]


def new_season(folder: Path) -> Project:
    """Nothing is made of it yet; to be copied."""
    season = new_project(folder)
    make_episode(season.show, EpisodeSpec(episode=3, seconds=3, width=96, height=54))
    return season


def copy(season: Project, folder: Path) -> Project:
    """The season elsewhere: one episode to learn from, two to comment on."""
    project = season.copy_to(folder)
    train, *annotate = (str(project.show / f"{name}.mp4") for name in (TRAIN, ANNOTATE, THIRD))
    project.write_settings(videos={"train": [train], "annotate": annotate})
    return project


def render(project: Project, profile: str, what: str) -> None:
    """Bring all episodes up to date and say how long it took."""
    os.environ["PROFILE"] = profile
    started = time.monotonic()
    project.made("render")
    say(f"{what}: three episodes in {time.monotonic() - started:.0f} s")


def results(project: Project) -> dict[str, bytes]:
    """All that was made, by name."""
    return {name: (project.workdir / name).read_bytes() for name in ALL_RESULTS}


def compare(project: Project, expected: dict[str, bytes], what: str) -> None:
    """Raises AssertionError that names what differs."""
    made = results(project)
    different = [name for name in ALL_RESULTS if made[name] != expected[name]]
    assert not different, f"{what}: {', '.join(different)} differ"
    say(f"{what}: {len(made)} files equal to the last byte")


def say(line: str) -> None:
    """One line, at once."""
    print(f"check: {line}", flush=True)
