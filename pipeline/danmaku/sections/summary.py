"""The figures of a danmaku report, and those of them that the table over all reports shows."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import ClassVar

import msgspec

from pipeline.captioning.training_record import TrainingRecord
from pipeline.danmaku.evaluation.evaluation_file import Evaluation
from pipeline.report.language import Phrases
from pipeline.report.summary import Column
from pipeline.runtime.clock import MILLISECONDS, clock_text

_WEB = Path(__file__).parent / "web"


class DanmakuSummary(msgspec.Struct, frozen=True):
    """One annotated video, in ``report.json``."""

    system: ClassVar[str] = "danmaku"

    video: str
    """Name of its file."""
    model: str
    seconds: float
    frames: int
    pictures: int
    """Distinct ones."""
    comments: int
    """Generated."""
    distinct_comments: int
    copied: int
    """Generated comments that occur word for word in the training comments."""
    most_frequent: list[tuple[str, int]]
    """Texts of generated comments and how often each occurs, the most frequent first."""
    viewers_comments: int
    training: TrainingRecord
    evaluation: Evaluation | None
    """None for videos without comments."""

    def columns(self) -> list[Column]:
        """Its row in the table over all reports."""
        evaluation = self.evaluation
        copied = self.copied / self.comments if self.comments else None
        pmi = mrr = named = None
        if evaluation:
            scorers = evaluation.ranking.all.scorers
            pmi = evaluation.likelihood.pmi.mean if evaluation.likelihood else None
            mrr = scorers["model"].reciprocal_rank.mean if scorers else None
            named = evaluation.naming.model.mean if evaluation.naming else None
        too_little = evaluation.too_little if evaluation else {}
        clock = clock_text(round(self.seconds * MILLISECONDS), digits=1)
        return [
            _column("model", self.model, self.model),
            _column("length", self.seconds, clock),
            _column("generated", self.comments, f"{self.comments:,}"),
            _column("viewers", self.viewers_comments, f"{self.viewers_comments:,}"),
            _column("copied", copied, _percent(copied)),
            _column("pmi", pmi, "" if pmi is None else f"{pmi:+.3f}", "likelihood" in too_little),
            _column("mrr", mrr, "" if mrr is None else f"{mrr:.3f}", "ranking" in too_little),
            _column("named", named, _percent(named), "naming" in too_little),
        ]


def _column(
    name: str, value: float | str | None, text: str, is_too_little: bool = False
) -> Column:
    return Column(name, _headings()[f"danmaku.{name}"], text, value, is_too_little)


@cache
def _headings() -> Phrases:
    return Phrases.load([_WEB])


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f} %"
