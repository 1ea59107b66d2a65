"""How files came about: what stages left among their logs, in ``logs/STAGE.json``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import yaml

from pipeline.runtime.errors import ExitCode


class Record(msgspec.Struct, frozen=True):
    """What the page shows of ``pipeline.engine.stage_record.StageRecord``."""

    code: int
    """An ExitCode."""
    message: str
    host: str
    started: float
    """Unix time."""
    seconds: float
    cpu_seconds: float
    memory_mb: int
    """At its peak."""
    settings: dict[str, Any] = {}


@dataclass(frozen=True)
class StageRun:
    """A stage that ended well."""

    target: str
    """The item or the model whose files it made."""
    stage: str
    record: Record

    @property
    def started(self) -> str:
        """In UTC."""
        return f"{datetime.fromtimestamp(self.record.started, UTC):%Y-%m-%d %H:%M:%S}"

    @property
    def settings(self) -> str:
        """As in a settings file; empty for a stage without settings."""
        settings = self.record.settings
        return yaml.safe_dump(settings, allow_unicode=True, sort_keys=False) if settings else ""


def history(folders: Iterable[Path]) -> list[StageRun]:
    """The stages that made the files in ``folders``, by time, without those of reports.

    Stages whose logs were removed or cannot be read are missing.
    """
    return sorted(_runs(dict.fromkeys(folders)), key=lambda run: run.record.started)


def _runs(folders: Iterable[Path]) -> Iterator[StageRun]:
    for folder in folders:
        for path in sorted((folder / "logs").glob("*.json")):
            try:
                record = msgspec.json.decode(path.read_bytes(), type=Record)
            except (OSError, msgspec.DecodeError):
                continue
            if record.code == ExitCode.OK and path.stem.split("-")[-1] != "report":
                yield StageRun(folder.name, path.stem, record)
