"""How translations came about: stages and versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.report.history import StageRun
from pipeline.report.section import Section
from pipeline.translation.sections.summary import WEB


def making_section(stage_runs: Sequence[StageRun], software: Mapping[str, str]) -> Section:
    """``software`` are versions by name."""
    return Section("making", WEB, "making.html.j2", {"runs": stage_runs, "software": software})
