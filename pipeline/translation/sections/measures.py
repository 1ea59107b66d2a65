"""How good translations are: each method beside the others, and beside what a figure can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.report.section import Section
from pipeline.translation.sections.summary import WEB, TranslationSummary


@dataclass(frozen=True)
class ClusterSheet:
    """The clusters of a collection that the model learned from."""

    name: str
    page: str
    """Its address from this page."""
    sheet: str
    """That of its contact sheet."""


def measures_section(summary: TranslationSummary, clusters: Sequence[ClusterSheet]) -> Section:
    """Tables of the evaluation, and what was learned from."""
    values = {"summary": summary, "clusters": clusters}
    return Section("measures", WEB, "measures.html.j2", values, styles=["translation.css"])
