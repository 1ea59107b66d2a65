"""The figures of a report on translations, and those that the table over all reports shows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import ClassVar

import msgspec

from pipeline.evaluation.intervals import Interval
from pipeline.report.language import Message, Phrases
from pipeline.report.summary import Column
from pipeline.runtime.sample_size import is_enough
from pipeline.translation.evaluation_file import Evaluation
from pipeline.translation.sections.verdict import findings
from pipeline.translation.training_record import TrainingRecord

WEB = Path(__file__).parent / "web"


class TranslationSummary(msgspec.Struct, frozen=True):
    """The translations of one collection, in ``translation.report.json``."""

    system: ClassVar[str] = "translation"

    collection: str
    model: str
    pictures: int
    """Of the collection, all translated."""
    targets: list[str]
    training: TrainingRecord
    evaluation: Evaluation

    @property
    def subtitle(self) -> Message:
        """What the page says below its title."""
        values = {
            "pictures": f"{self.pictures:,}",
            "targets": ", ".join(self.targets),
            "model": self.model,
        }
        return Message("compared.subtitle", values)

    @property
    def headline(self) -> str:
        """The result in one line."""
        made = f"{self.pictures:,} pictures in {', '.join(self.targets)}"
        return f"{made}; {self.evaluation.summary}"

    @property
    def chance(self) -> float:
        """How often a judge that guesses would be right."""
        return 1 / len(self.evaluation.domains) if self.training.exclusive else 0.5

    def columns(self) -> Sequence[Column]:
        """Its row in the table over all reports."""
        evaluation = self.evaluation
        share = evaluation.judge_share if is_enough(evaluation.translations) else None
        gains = evaluation.gains.get("nearest", {}) if is_enough(evaluation.pairs) else {}
        targets = ", ".join(self.targets)
        tones = [finding.tone for finding in findings(self) if finding.tone != "unclear"]
        good = tones.count("good")
        return [
            _column("model", self.model, self.model),
            _column("pictures", self.pictures, f"{self.pictures:,}"),
            _column("targets", targets, targets),
            _column("verdict", good if tones else None, f"{good} / {len(tones)}" if tones else ""),
            _column("share", share, "" if share is None else f"{100 * share:.1f} %"),
            *(_gain(name, gains.get(name)) for name in ("l1", "ssim")),
        ]


def _gain(name: str, gain: Interval | None) -> Column:
    value = gain.mean if gain else None
    return _column(f"{name}_gain", value, f"{value:+.3f}" if value is not None else "")


def _column(name: str, value: float | str | None, text: str) -> Column:
    heading = _headings()[f"translation.{name}"]
    return Column(name, heading, text, value, is_too_little=value is None)


@cache
def _headings() -> Phrases:
    return Phrases.load([WEB])
