"""Several drivers, started at the same moment in one working folder."""

from __future__ import annotations

import random
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.engine.run_records import read_runs
from pipeline.runtime.errors import ExitCode
from tests.engine.project import ANNOTATE, RESULTS, TRAIN, Project

_LONGEST_S = 300.0
_VIDEOS = (TRAIN, ANNOTATE)
_FILES = {
    "align": ("frames.h5", "comments.jsonl", "aligned.h5"),
    "features": ("frames.h5", "features.h5"),
    "render": tuple(Path(name).name for name in RESULTS),
}
"""What each of the verbs makes, by whose work the crowd is judged."""


@dataclass(frozen=True)
class Crowd:
    """What the drivers are asked for."""

    verb: str
    """What all of it comes to in the end."""
    asked: list[list[str]]
    """Verb and options of each driver; a video by its name."""
    disjoint: bool = False
    """Whether nobody is in the way of another."""

    def __str__(self) -> str:
        return "; ".join(" ".join(words).replace("--video ", "") for words in self.asked)


def crowds(dice: random.Random) -> Iterator[Crowd]:
    """Two and four that ask the same, overlapping and disjoint things, some of whom wait."""
    while True:
        verb = dice.choice(["align", "align", "features", "render"])
        for count in (2, 4):
            same = [[verb] for _ in range(count)]
            parts = [[verb], *([verb, "--video", video] for video in _VIDEOS), ["comments"]]
            overlapping = dice.sample(parts, count)
            for asked in (same, overlapping):
                yield Crowd(verb, [words + ["--wait"] * dice.randint(0, 1) for words in asked])
        verb = dice.choice(["align", "features"])
        yield Crowd(verb, [[verb, "--video", video] for video in _VIDEOS], disjoint=True)


def let_in(project: Project, crowd: Crowd) -> Iterator[tuple[list[str], int, str]]:
    """Start all at once; what each was asked, what it exited with, and what it said."""
    drivers = [
        subprocess.Popen(
            project.command(*(_path(project, word) for word in asked), python=project.python),
            cwd=project.code,
            env=project.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for asked in crowd.asked
    ]
    for asked, driver in zip(crowd.asked, drivers, strict=True):
        said = driver.communicate(timeout=_LONGEST_S)[1]
        yield asked, driver.returncode, said


def problems(project: Project, crowd: Crowd, expected: dict[str, bytes]) -> Iterator[str]:
    """Let a crowd in, do what it left undone, and tell what is not as it should be."""
    codes = []
    for asked, code, said in let_in(project, crowd):
        codes.append(code)
        refusable = "--wait" not in asked and not crowd.disjoint
        well = code == ExitCode.OK or (code == ExitCode.BUSY and refusable)
        if not well or "Traceback" in said:
            yield f"{asked} ended with {code}: {said}"
    if ExitCode.OK not in codes:
        yield f"nobody was let in: {codes}"
    project.made(crowd.verb)
    for name, content in expected.items():
        if Path(name).name in _FILES[crowd.verb]:
            if not (project.workdir / name).is_file():
                yield f"{name} is missing"
            elif (project.workdir / name).read_bytes() != content:
                yield f"{name} is not that of an undisturbed run"
    for job, count in _done(project).items():
        if count > 1:
            yield f"{job} was done {count} times"
    yield from (f"{file} is left" for file in project.workdir.rglob(".*.tmp"))


def _path(project: Project, word: str) -> str:
    return str(project.show / f"{word}.mp4") if word in _VIDEOS else word


def _done(project: Project) -> Counter[tuple[str, str]]:
    """How often each stage was carried out, over all runs."""
    done: Counter[tuple[str, str]] = Counter()
    for run in read_runs(project.workdir / "runs"):
        assert run.state == "ended", run
        for job in run.jobs:
            done[job.stage, job.folder] += job.attempts
    return done
