"""The verdict: a few sentences at the top of a page, which say what its figures mean.

Systems decide them by the intervals of their evaluations.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pipeline.report.language import Message
from pipeline.report.section import Section
from pipeline.runtime.sample_size import MIN_VALUES

if TYPE_CHECKING:  # the index tells of findings where the extra `learn` is not installed
    from pipeline.evaluation.intervals import Interval
    from pipeline.evaluation.ranking import Ranking

_LITTLE = 0.05
"""Nats; what a picture makes likelier by a twentieth does not depend on it much."""

Tone = Literal["unclear", "doubtful", "good"]
"""``unclear`` where there is too little to tell."""
_TONES: Sequence[Tone] = ("unclear", "doubtful", "good")
"""What is true of several things is what is true of the first of these."""


@dataclass(frozen=True)
class Finding:
    """One question about a result, answered."""

    tone: Tone
    claim: Message
    """The answer, in a sentence that needs no figures."""
    figures: Message
    """What it rests on."""
    part: str
    """Where the page says more: the key of a fold's heading, or the name of a section."""

    @classmethod
    def of(cls, name: str, tone: Tone, part: str, **values: object) -> Finding:
        """With the phrases ``verdict.NAME_TONE`` and, of ``values``, ``verdict.NAME``."""
        claim = Message(f"verdict.{name}_{tone}")
        return cls(tone, claim, Message(f"verdict.{name}", values), part)

    @classmethod
    def too_little(cls, name: str, part: str, count: int) -> Finding:
        """That ``count`` values are too few for the finding ``name``."""
        figures = Message("verdict.too_little", {"count": f"{count:,}", "needed": MIN_VALUES})
        return cls("unclear", Message(f"verdict.{name}_unclear"), figures, part)

    @classmethod
    def random(cls, part: str, backbone: str) -> Finding:
        """That the network which sees was never trained."""
        return cls.of("random", "doubtful", part, backbone=backbone)


def verdict_section(folder: Path, findings: Sequence[Finding]) -> Section:
    """The section that shows ``findings``, whose phrases lie in ``folder``."""
    return Section(
        "verdict",
        folder,
        "verdict.html.j2",
        {"findings": findings},
        styles=["verdict.css"],
        is_heading_seen=False,
    )


def tone_above(interval: Interval, level: float = 0.0) -> Tone:
    """Good where the whole interval is above ``level``, and doubtful where it is not."""
    if interval.low is None:
        return "unclear"
    return "good" if interval.low > level else "doubtful"


def fair(tone: Tone, is_learned_from: bool) -> Tone:
    """Of what a model learned from, no figure shows anything good."""
    return "doubtful" if tone == "good" and is_learned_from else tone


def own_picture(pmi: Interval | None, part: str, count: int) -> Finding:
    """How much of ``count`` texts hangs on the picture, which does not say that it is used well."""
    if pmi is None:
        return Finding.too_little("own_picture", part, count)
    return Finding.of("own_picture", tone_above(pmi, _LITTLE), part, times=with_range(pmi, times))


def percent(share: float) -> str:
    """``share`` of 1 without decimals, which a first look does not need; 100 % is all of it."""
    rounded = round(100 * share)
    if 0 < share < 1:
        rounded = min(99, max(1, rounded))
    return f"{rounded}\u00a0%"


def times(nats: float) -> str:
    """How many times as likely so many nats make something."""
    return f"{math.exp(nats):.2f}"


def ranked_above(ranking: Ranking, gains: Mapping[str, Interval]) -> tuple[Tone, float]:
    """Whether a model ranks right answers above every simple rule, and the best of these's hit@1.

    ``gains`` are the model's in reciprocal rank; what is called "model, …" is no simple rule.
    """
    rules = [name for name in ranking.scorers if not name.startswith("model")]
    tone = min((tone_above(gains[name]) for name in rules), key=_TONES.index)
    return tone, max(ranking.scorers[name].hit_1.mean for name in rules)


def with_range(interval: Interval, text: Callable[[float], str]) -> str:
    """The mean, and behind it in brackets both ends, where there are any."""
    if interval.low is None or interval.high is None:
        return text(interval.mean)
    return f"{text(interval.mean)} ({text(interval.low)} – {text(interval.high)})"
