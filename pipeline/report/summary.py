"""``report.json``: the figures of a report, and the columns that they fill in the table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol

import msgspec

from pipeline.report.language import Phrase
from pipeline.report.verdict import Finding, Tone
from pipeline.runtime.atomic_files import write_json


class Column(msgspec.Struct, frozen=True):
    """One figure of a report in the table over all reports."""

    name: str
    """Tells the columns of a system apart."""
    heading: Phrase
    text: str = ""
    """The cell as people read it; empty for an empty cell."""
    value: float | str | None = None
    """What the table sorts by; None is always last. Numbers are set right, words left."""
    is_too_little: bool = False
    """Whether there is too little data for a figure; then the cell says so."""


class Summary(Protocol):
    """What a system remembers of a report; anything that msgspec can encode."""

    system: ClassVar[str]

    def columns(self) -> Sequence[Column]:
        """Its row in the table; all rows of a system have the same columns."""


class ReportFile(msgspec.Struct, frozen=True):
    """The form of ``report.json``, whose ``columns`` need nothing of the system to be shown."""

    system: str
    columns: list[Column]
    summary: Any
    """The system's own record."""
    verdict: Mapping[Tone, int] = {}
    """How many of its findings have each tone."""

    @classmethod
    def load(cls, path: Path) -> ReportFile:
        """Read ``report.json``; raises msgspec.DecodeError for that of another version."""
        return msgspec.json.decode(path.read_bytes(), type=cls)


def save_summary(path: Path, summary: Summary, findings: Sequence[Finding]) -> None:
    """Publish ``report.json`` of a page that begins with these ``findings``."""
    verdict = Counter(finding.tone for finding in findings)
    write_json(path, ReportFile(summary.system, list(summary.columns()), summary, verdict))
