"""``workdir/runs``: what each run did, why, how long it took, and whether it is still running."""

from __future__ import annotations

import os
import platform
import shlex
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from pipeline.engine.locks import Locks
from pipeline.engine.versions import versions
from pipeline.runtime.atomic_files import keep_newest, write_text
from pipeline.runtime.errors import ExitCode, PipelineError, printable

RUNS_KEPT = 100
_BEAT_S = 10.0
_SILENCE_S = 60.0
"""A run of another host without a heartbeat for this long counts as dead."""


class JobRecord(msgspec.Struct):
    """One stage for one item, or for what several items share."""

    stage: str
    folder: str
    reason: str
    state: Literal["done", "failed", "not reached"]
    code: int | None = None
    message: str = ""
    may_pass: bool = False
    """Of a failure: whether another try may succeed."""
    host: str = ""
    seconds: float = 0
    cpu_seconds: float = 0
    memory_mb: int = 0
    attempts: int = 0


class ItemRecord(msgspec.Struct):
    """What a run came to for one item, or for a shared folder where that failed."""

    name: str
    state: Literal["made", "up to date", "failed", "not reached", "skipped"]
    why: str = ""
    log: str = ""
    """Below ``workdir``."""
    files: list[str] = []
    """What was wanted of it and is there, below ``workdir``; of what people open, that alone."""


class RunRecord(msgspec.Struct):
    """A run's summary, ``runs/TIME.json``."""

    state: Literal["running", "ended", "died"]
    started: str
    """ISO 8601, UTC."""
    host: str
    pid: int
    command: str
    profile: str
    versions: dict[str, str]
    seconds: float = 0
    exit_code: int | None = None
    message: str = ""
    works_on: list[str] = []
    """Folders that it may write to."""
    items: list[ItemRecord] = []
    jobs: list[JobRecord] = []


def read_runs(folder: Path) -> list[RunRecord]:
    """The records of all runs, in order; files that hold none are skipped."""
    return [record for _, record in _records(folder)]


class Run:
    """One run of this process, from its beginning to its end."""

    def __init__(self, folder: Path, locks: Locks, profile: str) -> None:
        """Begin, and publish the record at once, so that other runs on any host see this one.

        Raises OSError where ``folder`` cannot be written.
        """
        begun = datetime.now(UTC)
        self._folder, self._locks = folder, locks
        self._clock = time.monotonic()
        self.record = RunRecord(
            state="running",
            started=begun.isoformat(timespec="seconds"),
            host=platform.node(),
            pid=os.getpid(),
            command=printable(shlex.join(sys.orig_argv)),
            profile=profile,
            versions=versions(),
        )
        stem = begun.strftime("%Y-%m-%dT%H-%M-%S")
        self.file = _new_file(folder, stem, self._content(), locks)
        self.since_ns = self.file.stat().st_mtime_ns
        """When it began, by the clock of the file system."""
        self._over = threading.Event()
        self._beating = threading.Thread(target=self._beat, daemon=True)
        self._beating.start()

    @property
    def log(self) -> Path:
        """The log of Snakemake and, where the profile is quiet, of the stages."""
        return self.file.with_suffix(".log")

    def save(self) -> None:
        """Publish the record as it is."""
        write_text(self.file, self._content().decode())

    def end(self, code: ExitCode, message: str) -> None:
        """Record how it ended, and forget the oldest runs."""
        self._stop_beating()
        self.record.state = "ended"
        self.record.exit_code, self.record.message = code, message
        self.record.seconds = round(time.monotonic() - self._clock, 3)
        with suppress(OSError):  # a full disk must not hide the rest; the next run sees to it
            self.save()
            for old in keep_newest(self._folder, "*.json", RUNS_KEPT):
                old.with_suffix(".log").unlink(missing_ok=True)

    def undo(self) -> None:
        """Remove every trace of a run that could not begin."""
        self._stop_beating()
        self.file.unlink(missing_ok=True)
        self.log.unlink(missing_ok=True)

    def refuse_other_hosts(self) -> None:
        """Raise PipelineError BUSY if a run of another host is at work in the same folder.

        Locks cannot be trusted between hosts, so heartbeats decide. Runs that died are marked so.
        """
        for file, record in self._others():
            if record.host == platform.node():
                lives = not self._locks.acquire(_lock_of(file))
                self._locks.release([] if lives else [_lock_of(file)])
            else:
                os.utime(self.file)
                silence = self.file.stat().st_mtime - file.stat().st_mtime
                lives = silence < _SILENCE_S
                if lives:
                    raise PipelineError(
                        ExitCode.BUSY,
                        f"host {record.host} is at work in {self._folder.parent}"
                        f" (process {record.pid}, `{record.command}`)",
                        "Run there, or wait for its end; a run that was killed is forgotten after"
                        f" {_SILENCE_S:.0f} s",
                    )
            if not lives:
                record.state = "died"
                write_text(file, msgspec.json.encode(record).decode())

    def holder_of(self, folder: str) -> RunRecord | None:
        """The other run that may write to ``folder``, if its record says so."""
        others = [record for _, record in self._others()]
        return next((record for record in others if folder in record.works_on), None)

    def _others(self) -> Iterator[tuple[Path, RunRecord]]:
        """Other runs that have not recorded their end."""
        for file, record in _records(self._folder):
            if record.state == "running" and file != self.file:
                yield file, record

    def _content(self) -> bytes:
        return msgspec.json.format(msgspec.json.encode(self.record)) + b"\n"

    def _beat(self) -> None:
        while not self._over.wait(_BEAT_S):
            with suppress(OSError):
                os.utime(self.file)

    def _stop_beating(self) -> None:
        self._over.set()
        self._beating.join()


def _records(folder: Path) -> Iterator[tuple[Path, RunRecord]]:
    for file in sorted(folder.glob("*.json")):
        with suppress(OSError, msgspec.DecodeError):
            yield file, msgspec.json.decode(file.read_bytes(), type=RunRecord)


def _new_file(folder: Path, stem: str, content: bytes, locks: Locks) -> Path:
    """Lock a name that no run has, and write ``content`` to the file of that name."""
    for number in range(1, 1000):
        mark = f"_{number}" if number > 1 else ""  # which comes behind the first in order
        path = folder / f"{stem}{mark}.json"
        if not locks.acquire(_lock_of(path)):
            continue
        try:
            file = path.open("xb", buffering=0)
        except FileExistsError:
            locks.release([_lock_of(path)])
            continue
        try:
            with file:
                file.write(content)
        except OSError:
            path.unlink()
            raise
        return path
    raise AssertionError("a thousand runs in one second")


def _lock_of(file: Path) -> str:
    return f"run {file.name}"
