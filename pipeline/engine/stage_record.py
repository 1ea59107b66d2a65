"""The record that a stage leaves beside its logs: how it ended, on whatever host it ran."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import msgspec

from pipeline.runtime.errors import ExitCode


class StageRecord(msgspec.Struct, frozen=True):
    """The end of a stage, ``logs/STAGE.json``."""

    code: int
    """An ExitCode."""
    message: str
    """Its summary, or what went wrong."""
    may_pass: bool
    """Whether another try may succeed."""
    host: str
    started: float
    """Unix time."""
    seconds: float
    cpu_seconds: float
    """Processor time of the stage and of the processes that it started."""
    memory_mb: int
    """Peak memory of the stage and of the processes that it started; see ``watchdog``."""
    settings: dict[str, Any] = {}
    """The settings with which it ran."""
    inputs: list[str] = []
    """Paths of what it was given to read, below the workdir."""
    digests: dict[str, str] = {}
    """SHA-256 of the outputs that people may edit, by name."""
    bytes: int = 0
    """Size of all outputs."""
    amounts: dict[str, float] = {}
    """What the outputs hold; see ``Stage.measure``."""
    from_start: bool = True
    """Whether it did all the work, and did not go on where an earlier run was stopped."""

    def save(self, logs: Path, stage: str) -> None:
        """Write it to the folder ``logs``; a full disk is ignored, lest it hide the rest."""
        with contextlib.suppress(OSError):
            _path(logs, stage).write_bytes(msgspec.json.encode(self))


class Fault(msgspec.Struct, frozen=True):
    """A PipelineError on its way from a stage's process to the driver's."""

    code: ExitCode
    problem: str
    remedy: str


def may_resume(logs: Path, stage: str) -> bool:
    """Whether the stage's last run was killed or failed, so that the next may go on from there."""
    before = last_record(logs, stage, since_ns=0)
    ended_well = before is not None and before.code == ExitCode.OK
    return not ended_well and (logs / f"{stage}.log").exists()


def forget(logs: Path, stage: str) -> None:
    """Remove the record of the run before, so that a killed stage leaves none."""
    _path(logs, stage).unlink(missing_ok=True)


def last_record(logs: Path, stage: str, since_ns: int) -> StageRecord | None:
    """The record of a stage that ended since then (by the file system's own clock), if any."""
    path = _path(logs, stage)
    try:
        if path.stat().st_mtime_ns < since_ns:
            return None
        return msgspec.json.decode(path.read_bytes(), type=StageRecord)
    except (OSError, msgspec.DecodeError):
        return None


def records(logs: Path) -> dict[str, StageRecord]:
    """The records in the folder ``logs``, by stage; what cannot be read is skipped."""
    entries = {path.stem: last_record(logs, path.stem, since_ns=0) for path in logs.glob("*.json")}
    return {stage: record for stage, record in sorted(entries.items()) if record is not None}


def _path(logs: Path, stage: str) -> Path:
    return logs / f"{stage}.json"
