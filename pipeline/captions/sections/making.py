"""How the lines came about: stages, versions, and what became of the label files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.captions.sections.summary import WEB
from pipeline.reading.import_report_file import ImportReport
from pipeline.report.history import StageRun
from pipeline.report.section import Section


def making_section(
    labels: ImportReport | None, stage_runs: Sequence[StageRun], software: Mapping[str, str]
) -> Section:
    """``labels`` is None for pictures without any; ``software`` are versions by name."""
    values = {"labels": labels, "stage_runs": stage_runs, "software": software}
    return Section("making", WEB, "making.html.j2", values)
