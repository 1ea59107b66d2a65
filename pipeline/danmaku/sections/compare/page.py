"""The page that compares several models: verdict, figures, seconds, and viewers' comments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from pipeline.danmaku.comparison.compared import Compared
from pipeline.danmaku.comparison.comparing import Comparison
from pipeline.danmaku.comparison.figures import FIGURES, different_bases
from pipeline.danmaku.comparison.seconds import Second
from pipeline.danmaku.sections.compare.findings import findings
from pipeline.report.language import Message
from pipeline.report.page import page_html
from pipeline.report.section import Page, Section
from pipeline.report.tile_sheets import Sheets, write_sheets
from pipeline.report.verdict import verdict_section

WEB = Path(__file__).parent / "web"
_MOST_COMMENTS = 200
"""Viewers' comments that are listed: those about which models differ most."""


class _Content(msgspec.Struct, frozen=True):
    """What the script of the seconds finds."""

    models: list[str]
    sheets: Sheets
    seconds: Sequence[Second]


@dataclass(frozen=True)
class ScoredComment:
    """A viewer's comment and how likely each model finds it."""

    second: float
    text: str
    nats: list[float]
    """A word, of each model."""

    @property
    def spread(self) -> float:
        """Between the models that find it least and most likely."""
        return max(self.nats) - min(self.nats)


def write_page(
    folder: Path,
    comparison: Comparison,
    models: Sequence[Compared],
    seconds: Sequence[Second],
    viewers: Sequence[tuple[float, str]],
    thumbnail_of: Callable[[int], bytes],
) -> None:
    """Write ``index.html`` with its pictures into ``folder``.

    ``viewers`` are all comments by their lines, with the second of each; ``thumbnail_of`` gives
    the JPEG of a second.
    """
    sheets = write_sheets(folder, (thumbnail_of(second.second) for second in seconds))
    content = _Content(comparison.models, sheets, seconds)
    sections = [
        verdict_section(WEB, findings(comparison)),
        Section("figures", WEB, "figures_compared.html.j2", _figures(comparison, models)),
        Section(
            "seconds",
            WEB,
            "seconds.html.j2",
            {"models": comparison.models},
            ["saving.js", "tile_sheets.js", "seconds.js"],
            ["compare.css"],
            content,
        ),
        Section(
            "scored",
            WEB,
            "scored.html.j2",
            {"models": comparison.models, "comments": _scored(models, viewers)},
        ),
    ]
    subtitle = Message("compare.subtitle", {"models": ", ".join(comparison.models)})
    html = page_html(Page(comparison.video, subtitle, sections))
    (folder / "index.html").write_text(html, encoding="utf-8")


def _figures(comparison: Comparison, models: Sequence[Compared]) -> dict[str, Any]:
    return {
        "comparison": comparison,
        "models": models,
        "kinds": FIGURES,
        "unequal": [field for field in different_bases(models) if field != "measured_on"],
    }


def _scored(
    models: Sequence[Compared], viewers: Sequence[tuple[float, str]]
) -> list[ScoredComment]:
    """The comments about which models differ most; none where they cannot be compared."""
    if {"comments", "vocabulary"}.intersection(different_bases(models)):
        return []
    first = models[0].values.comments
    nats = np.array([model.values.comments.nats / first.words for model in models])
    scored = [
        ScoredComment(second, text, nats[:, place].tolist())
        for place, (second, text) in enumerate(viewers[line] for line in first.line.tolist())
    ]
    return sorted(scored, key=lambda one: -one.spread)[:_MOST_COMMENTS]
