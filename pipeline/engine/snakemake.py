"""Running Snakemake over the graph, and learning from it what it does and why.

The wording of Snakemake's log events and reasons is not part of its interface: this module and
``planning`` are written for the version that pyproject.toml pins, and tests hold them to it.
"""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TextIO

from pipeline.engine.graph import folder_of
from pipeline.engine.profiles import Profile
from pipeline.runtime.environment import importable_from_anywhere

_SNAKEFILE = Path(__file__).with_name("Snakefile")

_PLAIN = {
    "missing output files": "missing",
    "input files updated by another job": "follows from",
    "updated input files": "newer",
}
"""Snakemake's reasons, and what people are told instead."""


@dataclass(frozen=True)
class Job:
    """One stage for one item, or for what several items share."""

    stage: str
    folder: str
    """The folder below ``workdir`` that it writes to."""
    reason: str
    reads: frozenset[str]
    """The folders below ``workdir`` that its inputs lie in."""


@dataclass(frozen=True)
class Execution:
    """How Snakemake carried out jobs."""

    complete: bool
    """Whether it did all that there was to do."""
    done: list[Job] = field(default_factory=list)
    failed: list[Job] = field(default_factory=list)


class Watcher(Protocol):
    """Whoever wants to know of jobs while they are carried out."""

    def started(self, job: Job) -> None:
        """Note that a job was started, or sent to where it will run."""

    def ended(self, job: Job, *, well: bool) -> None:
        """Note that a job has ended."""


@dataclass(frozen=True)
class Snakemake:
    """Snakemake over one graph in one working folder."""

    workdir: Path
    graph_file: Path
    shared: Collection[str]
    """The folders below ``workdir`` that belong to no item."""
    profile: Profile

    def run(self, targets: Sequence[str], gpus: int, output: TextIO, watcher: Watcher) -> Execution:
        """Make ``targets`` (paths below ``workdir``), with ``gpus`` GPUs where jobs run here.

        What Snakemake prints goes to ``output``; the stages write to the screen themselves.
        """
        with self._listening(watcher) as listener:
            complete = _call([*self._arguments(), *self._resources(gpus), "--", *targets], output)
        done, failed = listener.named(listener.done), listener.named(listener.failed)
        return Execution(complete, done, failed)

    def plan(self, targets: Sequence[str], output: TextIO) -> list[Job] | None:
        """What ``run`` would do, in order; None if Snakemake refuses."""
        with self._listening() as listener:
            planned = _call([*self._arguments(), "--dry-run", "--", *targets], output)
        return list(listener.jobs.values()) if planned else None

    def _arguments(self) -> list[str]:
        profile = self.profile
        cores = [] if {"cores", "jobs"} & profile.given else ["--cores", "all"]
        return [
            *("--snakefile", str(_SNAKEFILE), "--directory", str(self.workdir)),
            *("--configfile", str(self.graph_file), "--profile", str(profile.folder), *cores),
            # The driver does both itself: it tells failures apart, and logs every word.
            *("--retries", "0", "--quiet", "host"),
            *("--persistence-backend", "file"),  # planning reads its records
        ]

    def _resources(self, gpus: int) -> list[str]:
        """What this host can give to jobs at once, where they run on it."""
        if not self.profile.local or "resources" in self.profile.given:
            return []
        import psutil

        return ["--resources", f"gpu={gpus}", f"mem_mb={psutil.virtual_memory().total >> 20}"]

    @contextlib.contextmanager
    def _listening(self, watcher: Watcher | None = None) -> Iterator[_Listener]:
        listener = _Listener(self.shared, watcher)
        # Snakemake clears its own logger at the start of a run; handlers of the parent stay.
        logger = logging.getLogger("snakemake")
        logger.addHandler(listener)
        try:
            yield listener
        finally:
            logger.removeHandler(listener)


def recorded_inputs(workdir: Path, path: str) -> Sequence[str]:
    """What Snakemake has made a file of here; empty for one that comes from elsewhere."""
    from snakemake.persistence.file import FilePersistence

    record = FilePersistence(nolock=True, path=workdir / ".snakemake")._read_record(path)
    return [*(record.input or ())] if record else []


def is_recorded(workdir: Path, paths: Iterable[str]) -> bool:
    """Whether Snakemake has made any of these files here, or all of them came from elsewhere."""
    from snakemake.persistence.file import FilePersistence

    records = FilePersistence(nolock=True, path=workdir / ".snakemake")
    return any(records._read_record(path) is not None for path in paths)


def _call(arguments: list[str], output: TextIO) -> bool:
    """Run Snakemake in this process, so that its jobs keep the terminal and it does not."""
    from snakemake.cli import main

    with (
        importable_from_anywhere(),
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(output),
    ):
        try:
            main(arguments)
        except SystemExit as exit_:
            return exit_.code == 0
        except KeyboardInterrupt:
            return False
    return False


class _Listener(logging.Handler):
    """Hears which jobs Snakemake takes up, and how they end."""

    def __init__(self, shared: Collection[str], watcher: Watcher | None) -> None:
        super().__init__()
        self._shared, self._watcher = shared, watcher
        self.jobs: dict[int, Job] = {}
        self.done: list[int] = []
        self.failed: list[int] = []

    def named(self, numbers: list[int]) -> list[Job]:
        """The jobs of these numbers, each once."""
        return [self.jobs[number] for number in dict.fromkeys(numbers) if number in self.jobs]

    def emit(self, record: logging.LogRecord) -> None:
        event = vars(record)
        match str(event.get("event")):
            case "job_info":
                self._start(event["jobid"], self._job(event))
            case "job_finished":
                self._end(event["job_id"], self.done)
            case "job_error":
                self._end(event["jobid"], self.failed)

    def _start(self, number: int, job: Job) -> None:
        self.jobs[number] = job
        if self._watcher:
            self._watcher.started(job)

    def _end(self, number: int, ended: list[int]) -> None:
        """Note the end of a job, of which Snakemake may tell twice."""
        if self._watcher and number in self.jobs and number not in ended:
            self._watcher.ended(self.jobs[number], well=ended is self.done)
        ended.append(number)

    def _job(self, event: dict[str, Any]) -> Job:
        return Job(
            stage=event["rule_name"],
            folder=folder_of(event["output"][0], self._shared),
            reason=_in_plain_words(event["reason"]),
            reads=frozenset(folder_of(path, self._shared) for path in event["input"]),
        )


def _in_plain_words(reason: str) -> str:
    """Snakemake's reason, with changed parameters put as changed settings or code."""
    match = re.search(r"before: (.*?) now: (.*)", reason)
    if match is None:
        return "; ".join(map(_one_in_plain_words, reason.split("; ")))
    before, now = (re.findall(r"'([^']*)'", part) for part in match.groups())
    changes = [f"{new} (was {_value(old)})" for old, new in _matched(before, now)]
    return "changed: " + ", ".join(changes) if changes else "settings have changed"


def _one_in_plain_words(part: str) -> str:
    """One of several reasons, with its files in an order that stays the same."""
    words, colon, files = part.partition(": ")
    plain = _PLAIN.get(words.casefold(), words[:1].lower() + words[1:])
    return plain + colon + ", ".join(sorted(files.split(", ")))


def _matched(before: list[str], now: list[str]) -> Iterator[tuple[str, str]]:
    old = {word.partition("=")[0]: word for word in before}
    for word in now:
        key = word.partition("=")[0]
        yield (old.get(key, "=unset"), "code" if key == "code" else word)


def _value(word: str) -> str:
    return word.partition("=")[2]
