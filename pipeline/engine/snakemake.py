"""Running Snakemake over the graph, and learning from it what it does and why."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from pipeline.engine.profiles import Profile
from pipeline.runtime.paths import PROJECT

_SNAKEFILE = Path(__file__).with_name("Snakefile")


@dataclass(frozen=True)
class Job:
    """One stage for one video, or for the model."""

    stage: str
    of: str
    """The folder below ``workdir`` that it writes to."""
    reason: str
    reads: frozenset[str]
    """The folders below ``workdir`` that its inputs lie in."""


@dataclass(frozen=True)
class Ran:
    """What became of a run of the engine."""

    well: bool
    """Whether the engine did all that it was to do."""
    done: list[Job] = field(default_factory=list)
    failed: list[Job] = field(default_factory=list)


def run_graph(
    workdir: Path,
    graph_file: Path,
    targets: Sequence[str],
    profile: Profile,
    gpus: int,
    said: TextIO,
) -> Ran:
    """Make ``targets`` (paths below ``workdir``) with so many ``gpus``, if on this host.

    The engine's own words go to ``said``; the stages write to the screen themselves.
    """
    arguments = [*_arguments(workdir, graph_file, profile), *_here(profile, gpus), "--", *targets]
    with _listening() as heard:
        well = _snakemake(arguments, said)
    return Ran(well, heard.of(heard.done), heard.of(heard.failed))


def plan_graph(
    workdir: Path, graph_file: Path, targets: Sequence[str], profile: Profile, said: TextIO
) -> list[Job] | None:
    """What ``run_graph`` would do, in order; None if the engine refuses."""
    arguments = [*_arguments(workdir, graph_file, profile), "--dry-run", "--", *targets]
    with _listening() as heard:
        return list(heard.jobs.values()) if _snakemake(arguments, said) else None


def _arguments(workdir: Path, graph_file: Path, profile: Profile) -> list[str]:
    cores = [] if {"cores", "jobs"} & profile.given else ["--cores", "all"]
    return [
        *("--snakefile", str(_SNAKEFILE), "--directory", str(workdir)),
        *("--configfile", str(graph_file), "--profile", str(profile.folder), *cores),
        # The driver does both itself: it tells failures apart, and its log wants all words.
        *("--retries", "0", "--quiet", "host"),
        *("--persistence-backend", "file"),  # pipeline.engine.planning reads its records
    ]


def _here(profile: Profile, gpus: int) -> list[str]:
    """What this host can give to jobs at once, where they run on it."""
    if not profile.local or "resources" in profile.given:
        return []
    import psutil

    return ["--resources", f"gpu={gpus}", f"mem_mb={psutil.virtual_memory().total >> 20}"]


def _snakemake(arguments: list[str], said: TextIO) -> bool:
    """Run Snakemake in this process, so that its jobs keep the terminal and it does not."""
    from snakemake.cli import main

    with (
        _importable_from_anywhere(),
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(said),
    ):
        try:
            main(arguments)
        except SystemExit as done:
            return done.code == 0
        except KeyboardInterrupt:
            return False
    return False


@contextlib.contextmanager
def _importable_from_anywhere() -> Iterator[None]:
    """The jobs run inside ``workdir`` and must find this project, wherever it lies."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(PROJECT), before]))
    if str(PROJECT) not in sys.path:
        sys.path.insert(0, str(PROJECT))
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before


@contextlib.contextmanager
def _listening() -> Iterator[_Listener]:
    listener = _Listener()
    # Its own logger is cleared at the start of a run; the parent hears all the same.
    engine = logging.getLogger("snakemake")
    engine.addHandler(listener)
    try:
        yield listener
    finally:
        engine.removeHandler(listener)


class _Listener(logging.Handler):
    """Hears which jobs the engine takes up, and how they end."""

    def __init__(self) -> None:
        super().__init__()
        self.jobs: dict[int, Job] = {}
        self.done: list[int] = []
        self.failed: list[int] = []

    def of(self, numbers: list[int]) -> list[Job]:
        return [self.jobs[number] for number in dict.fromkeys(numbers) if number in self.jobs]

    def emit(self, record: logging.LogRecord) -> None:
        said = vars(record)
        match str(said.get("event")):
            case "job_info":
                self.jobs[said["jobid"]] = _job(said)
            case "job_finished":
                self.done.append(said["job_id"])
            case "job_error":
                self.failed.append(said["jobid"])


def _job(said: dict[str, Any]) -> Job:
    return Job(
        stage=said["rule_name"],
        of=folder_of(said["output"][0]),
        reason=_in_plain_words(said["reason"]),
        reads=frozenset(map(folder_of, said["input"])),
    )


def made_here(workdir: Path, paths: Iterable[str]) -> bool:
    """Whether the engine has any of these files on record, or they all came from elsewhere."""
    from snakemake.persistence.file import FilePersistence

    records = FilePersistence(nolock=True, path=workdir / ".snakemake")
    return any(records._read_record(path) is not None for path in paths)


def folder_of(path: str) -> str:
    """The folder of the video or model that a path below ``workdir`` belongs to."""
    parts = path.split("/")
    return "/".join(parts[: 2 if parts[0] == "models" else 1])


def _in_plain_words(reason: str) -> str:
    """Snakemake's reason, with changed parameters told as changed settings or code."""
    match = re.search(r"before: (.*?) now: (.*)", reason)
    if match is None:
        return reason[:1].lower() + reason[1:]
    before, now = (re.findall(r"'([^']*)'", part) for part in match.groups())
    changes = [f"{new} (was {_value(old)})" for old, new in _matched(before, now)]
    return "changed: " + ", ".join(changes) if changes else "settings have changed"


def _matched(before: list[str], now: list[str]) -> Iterator[tuple[str, str]]:
    old = {word.partition("=")[0]: word for word in before}
    for word in now:
        key = word.partition("=")[0]
        yield (old.get(key, "=unset"), "code" if key == "code" else word)


def _value(word: str) -> str:
    return word.partition("=")[2]
