"""A season whose videos arrive in a watched folder, and what is made of it."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from pipeline.runtime.errors import ExitCode
from pipeline.show.episode import make_episode
from pipeline.show.spec import EpisodeSpec
from tests.engine.project import MODEL, TRAIN, Project

MARK = "YAJIUMA_CHAOS"
"""Environment variable by which the processes of a season are known."""

_TELL_OF_TIMES = {"training.json", "report.json"}


class Season:
    """The first episode trains; all that lies in the watched folder is annotated."""

    def __init__(self, project: Project, episodes: int, verbs: Sequence[str]) -> None:
        """Make the episodes that ``project`` lacks, and settings for them."""
        self.project = project
        self.verbs = verbs
        self.watched = project.folder / "watched"
        self.healthy = [f"nekomachi-{number:02}" for number in range(2, episodes + 1)]
        self.broken: dict[str, ExitCode] = {}
        """Videos that cannot be annotated, and what to hear of them."""
        for number in range(2, episodes + 1):
            make_episode(self.watched, EpisodeSpec(episode=number, seconds=3, width=96, height=54))
        train = [str(project.show / f"{TRAIN}.mp4")]
        project.write_settings(videos={"train": train, "annotate": [str(self.watched)]})

    def command(self, python: str) -> list[str]:
        return self.project.command(*self.verbs, python=python)

    @property
    def environment(self) -> dict[str, str]:
        return self.project.environment() | {MARK: str(self.project.folder)}

    @property
    def due(self) -> ExitCode:
        """What a run that nothing disturbs exits with."""
        codes = set(self.broken.values())
        if len(codes) > 1:
            return ExitCode.SEVERAL_FAILED
        return codes.pop() if codes else ExitCode.OK

    def make(self) -> None:
        """Run once, undisturbed."""
        done = subprocess.run(
            self.command(self.project.python),
            cwd=self.project.code,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == ExitCode.OK, done.stderr

    def hold_back(self, count: int) -> list[Path]:
        """Take the last episodes away, to arrive later; where their videos lie meanwhile."""
        coming = self.project.folder / "coming"
        coming.mkdir()
        for name in self.healthy[len(self.healthy) - count :]:
            for file in self.watched.glob(f"{name}.*"):
                shutil.move(file, coming)
        return sorted(coming.glob("*.mp4"))

    def break_one(self, dice: random.Random) -> None:
        """Put a video that is cut off, or is none, into the watched folder."""
        number = len(self.broken)
        whole = (self.project.show / f"{TRAIN}.mp4").read_bytes()
        if number % 2:
            content, code = dice.randbytes(len(whole)), ExitCode.NOT_A_VIDEO
        else:
            content = whole[: int(dice.uniform(0.2, 0.9) * len(whole))]
            code = ExitCode.VIDEO_TRUNCATED
        self.broken[f"broken-{number:02}"] = code
        (self.watched / f"broken-{number:02}.mp4").write_bytes(content)

    def results(self) -> dict[str, bytes]:
        """All files of the model and of healthy videos but those that tell of times and paths."""
        workdir = self.project.workdir
        return {
            str(file.relative_to(workdir)): file.read_bytes()
            for name in (TRAIN, *self.healthy, f"models/danmaku/{MODEL}")
            for file in sorted((workdir / name).glob("*"))
            if file.is_file()
            and file.name not in _TELL_OF_TIMES
            and not file.name.startswith("source.")
        }
