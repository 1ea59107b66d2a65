"""The section about the run: stages, versions, the layout's quality, and the import report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline.danmaku.drawing.layout import Why
from pipeline.danmaku.drawing.quality import LayoutQuality
from pipeline.danmaku.statistics.counting import Statistics
from pipeline.report.history import StageRun
from pipeline.report.section import Section

HIDDEN: Mapping[Why, str] = {
    "invisible": "run.hidden_invisible",
    "outside of the video": "run.hidden_outside",
    "no room": "run.hidden_no_room",
    "too many on screen": "run.hidden_too_many",
}
"""Keys of the phrases that say why a comment is not drawn."""


def run_section(
    layouts: Mapping[str, LayoutQuality],
    statistics: Sequence[Statistics],
    stage_runs: Sequence[StageRun],
    software: Mapping[str, str],
) -> Section:
    """``layouts`` are of "generated" and "viewers"; ``software`` are versions by name."""
    return Section(
        name="run",
        folder=Path(__file__).parent / "web",
        template="run.html.j2",
        values={
            "layouts": layouts,
            "hidden": HIDDEN,
            "statistics": statistics,
            "stage_runs": stage_runs,
            "software": software,
        },
    )
