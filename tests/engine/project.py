"""A tiny season of the show, settings for it, and the driver as a user starts it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pipeline.show.episode import make_episode
from pipeline.show.spec import EpisodeSpec
from tests import forking
from tests.networks import tiny_onnx

ROOT = Path(__file__).parents[2]
SIZE = 32  # pixels, the network's input
TRAIN, ANNOTATE = "nekomachi-01", "nekomachi-02"
MODEL = "tiny"

RESULTS = [
    *(f"{video}/{name}" for video in (TRAIN, ANNOTATE) for name in ("frames.h5", "features.h5")),
    *(f"{TRAIN}/{name}" for name in ("comments.jsonl", "aligned.h5")),
    *(
        f"models/danmaku/{MODEL}/{name}"
        for name in (
            "vocabulary.json",
            "model.safetensors",
            "corpus.h5",
            "comment_counts.json",
            "rate.safetensors",
        )
    ),
    *(f"{ANNOTATE}/{name}" for name in ("generated.jsonl", "annotated.mp4")),
]
"""All that a run makes except what tells of times: training.json and the report."""


@dataclass
class Project:
    """One user's folder."""

    folder: Path
    network: Path
    """The ONNX file; the same for copies, since its path is a setting."""
    code: Path = ROOT
    """Where pipeline/ and stages/ are."""
    forks: bool = True
    """Whether ``run`` may fork a process that has imported the code instead of starting Python."""

    @property
    def workdir(self) -> Path:
        return self.folder / "workdir"

    @property
    def config(self) -> Path:
        return self.folder / "settings.yaml"

    @property
    def show(self) -> Path:
        return self.folder / "show"

    def write_settings(self, **changes: dict[str, object]) -> None:
        """Settings for the tiny season, with whole sections changed or added."""
        settings: dict[str, object] = {
            "model": MODEL,
            "videos": {
                "train": [str(self.show / f"{TRAIN}.mp4")],
                "annotate": [str(self.show / f"{ANNOTATE}.mp4")],
            },
            "frames": {"size": SIZE},
            "features": {
                "backbone": str(self.network),
                "taps": ["grid", "vector"],
                "batch": 1,
            },
            "train": {"captioner": {"size": 8}, "schedule": {"batch": 8, "epochs": 3}},
        }
        self.config.write_text(yaml.safe_dump(settings | changes))

    def command(self, verb: str, *more: str, python: str = sys.executable) -> list[str]:
        options = ["--config", str(self.config), "--workdir", str(self.workdir)]
        return [python, "-m", "pipeline", verb, *more, *options]

    @property
    def python(self) -> str:
        """By which a verb starts quickest."""
        return forking.python() if self.forks and self.code == ROOT else sys.executable

    def environment(self) -> dict[str, str]:
        plain = {k: v for k, v in os.environ.items() if k not in ("VIDEO", "COMMENTS", "CONFIG")}
        return plain | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(self.code)}

    def run(self, verb: str, *more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(verb, *more, python=self.python),
            cwd=self.code,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=300,
        )

    def made(self, verb: str, *more: str) -> str:
        """Run a verb that must succeed and return what it said."""
        done = self.run(verb, *more)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def plan(self, *more: str) -> set[tuple[str, str]]:
        """(stage, of which video or model) of everything that would run."""
        lines = self.made("plan", *more).splitlines()
        return {(line[:12].strip(), line[12:36].strip()) for line in lines[:-1]}

    def started(
        self, *verb: str, by: Sequence[str] = (), stderr: int = subprocess.PIPE
    ) -> subprocess.Popen[str]:
        """Start a verb in a session of its own, by another command if one is given."""
        with default_signals():
            return subprocess.Popen(
                [*by, *self.command(*verb)],
                cwd=self.code,
                env=self.environment(),
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                text=True,
                start_new_session=True,
            )

    def kill_when(self, moment: Callable[[], bool], *verbs: str, stages_too: bool) -> bool:
        """Start verbs and kill -9 them at ``moment``; False if they ended before."""
        process = self.started(*verbs, stderr=subprocess.DEVNULL)
        while process.poll() is None:
            if moment():
                if stages_too:
                    os.killpg(process.pid, signal.SIGKILL)
                else:
                    process.kill()
                process.wait()
                return True
            time.sleep(0.001)
        return False

    def copy_to(self, folder: Path) -> Project:
        """The same project elsewhere, time stamps kept."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        copy = Project(folder, self.network)
        copy.write_settings()
        return copy

    def results(self) -> dict[str, bytes]:
        return {name: (self.workdir / name).read_bytes() for name in RESULTS}


@contextmanager
def default_signals() -> Iterator[None]:
    """Let processes that are started meanwhile be stopped by all that stops one.

    `nohup make test &` ignores SIGINT and SIGHUP, and what is ignored stays so in the processes
    that one starts. What has a handler does not.
    """
    stops = (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP)
    ignored = [number for number in stops if signal.getsignal(number) is signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, lambda number, frame: None)
    try:
        yield
    finally:
        for number in ignored:
            signal.signal(number, signal.SIG_IGN)


def copy_code(folder: Path) -> Path:
    """A copy of the code, which may be edited; compiled as far as the code is."""
    for name in ("pipeline", "stages", "configs"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def changed_profile(name: str, folder: Path, **changes: Any) -> str:
    """The path of a copy of a profile with some keys changed."""
    folder.mkdir()
    profile = yaml.safe_load((ROOT / f"configs/profiles/{name}/config.yaml").read_text())
    (folder / "config.yaml").write_text(yaml.safe_dump(profile | changes))
    return str(folder)


def project_in(folder: Path) -> Project:
    """The project that lies, or is to lie, in a folder with a network of its own."""
    return Project(folder, folder / "tiny.onnx")


def new_project(folder: Path) -> Project:
    """Two episodes of three seconds, a network, settings; nothing made of them yet."""
    folder.mkdir(parents=True, exist_ok=True)
    project = project_in(folder)
    tiny_onnx(project.network, SIZE)
    for episode in (1, 2):
        make_episode(project.show, EpisodeSpec(episode=episode, seconds=3, width=96, height=54))
    project.write_settings()
    return project
