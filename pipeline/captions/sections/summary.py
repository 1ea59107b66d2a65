"""The figures of a report on captions, and those of them that the table over all reports shows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import ClassVar

import msgspec

from pipeline.captions.captions_file import CaptionLine
from pipeline.captions.evaluation.evaluation_file import Evaluation
from pipeline.captions.training_record import TrainingRecord
from pipeline.evaluation.intervals import Interval, mean_interval
from pipeline.pictures.features_file import caveat, is_random
from pipeline.report.language import Message, Phrases
from pipeline.report.summary import Column
from pipeline.runtime.sample_size import is_enough

WEB = Path(__file__).parent / "web"


class CaptionsSummary(msgspec.Struct, frozen=True):
    """The lines of one collection, in ``captions.report.json``."""

    system: ClassVar[str] = "captions"

    collection: str
    model: str
    pictures: int
    """Pictures, or scenes of a video, with a line."""
    distinct_lines: int
    copied: int
    """Lines that are a training caption word for word."""
    captions: int
    """By people, of the same pictures."""
    pmi: Interval | None
    """Of the lines with their own pictures, in nats a line; pictures are resampled. It says how
    much hangs on the picture and is 0 or more for whatever a model writes. None for too few
    lines."""
    training: TrainingRecord
    evaluation: Evaluation | None
    """None for pictures without captions by people."""

    @property
    def subtitle(self) -> Message:
        """What the page says below its title."""
        values = {"pictures": f"{self.pictures:,}", "model": self.model}
        return Message("lines.subtitle", values)

    @property
    def headline(self) -> str:
        """The result in one line."""
        lines = (
            f"{self.pictures:,} lines, {self.distinct_lines:,} different,"
            f" {self.copied / max(1, self.pictures):.0%} word for word as in training"
        )
        measured = f"; {self.evaluation.summary}" if self.evaluation else ""
        return lines + measured + caveat(self.training.weights)

    @property
    def is_random(self) -> bool:
        """Whether the network that sees was never trained, which all figures suffer from."""
        return is_random(self.training.weights)

    def columns(self) -> list[Column]:
        """Its row in the table over all reports."""
        evaluation = self.evaluation
        pmi = mrr = better = None
        if evaluation:
            scorers = evaluation.ranking.all.scorers
            pmi = evaluation.likelihood.pmi.mean if evaluation.likelihood else None
            mrr = scorers["model"].reciprocal_rank.mean if scorers else None
            better = evaluation.better.scorers["rating"].mean if evaluation.better else None
        too_little = evaluation.too_little if evaluation else {}
        copied = self.copied / self.pictures if self.pictures else None
        return [
            _column("model", self.model, self.model),
            _column("pictures", self.pictures, f"{self.pictures:,}"),
            _column("captions", self.captions, f"{self.captions:,}"),
            _column("copied", copied, _percent(copied)),
            _column("pmi", pmi, "" if pmi is None else f"{pmi:+.3f}", "likelihood" in too_little),
            _column("mrr", mrr, "" if mrr is None else f"{mrr:.3f}", "ranking" in too_little),
            _column("better", better, _percent(better)),
        ]


def own_pmi(lines: Sequence[CaptionLine]) -> Interval | None:
    """Of the best candidate of each line; see ``CaptionsSummary.pmi``."""
    best = [line.candidates[0] for line in lines if line.candidates]
    if not is_enough(len(best)):
        return None
    return mean_interval([one.blind_nats - one.nats for one in best], range(len(best)))


def _column(name: str, value: float | str | None, text: str, is_too_little: bool = False) -> Column:
    return Column(name, _headings()[f"captions.{name}"], text, value, is_too_little)


@cache
def _headings() -> Phrases:
    return Phrases.load([WEB])


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f} %"
