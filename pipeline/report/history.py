"""How the files of a video came about: what each stage left among its logs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml

from pipeline.engine.stage_record import StageRecord, records


@dataclass(frozen=True)
class Done:
    """A stage that ended well."""

    of: str
    """The video, or the model."""
    stage: str
    record: StageRecord

    @property
    def begun(self) -> str:
        """In UTC."""
        return f"{datetime.fromtimestamp(self.record.started, UTC):%Y-%m-%d %H:%M:%S}"

    @property
    def settings(self) -> str:
        """As in a settings file; empty where it has none."""
        told = self.record.settings
        return yaml.safe_dump(told, allow_unicode=True, sort_keys=False) if told else ""


def history(folders: Iterable[Path]) -> list[Done]:
    """What was done in ``folders``, in order; stages whose logs were removed are missing."""
    return sorted(_done(dict.fromkeys(folders)), key=lambda one: one.record.started)


def _done(folders: Iterable[Path]) -> Iterator[Done]:
    for folder in folders:
        for stage, record in records(folder / "logs").items():
            if record.code == 0 and stage != "report":
                yield Done(folder.name, stage, record)
