"""From the figures of translations to what they mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.evaluation.intervals import Interval
from pipeline.report.verdict import Finding, Tone, percent, tone_above, with_range
from pipeline.runtime.sample_size import is_enough
from pipeline.translation.evaluation_file import Evaluation

if TYPE_CHECKING:
    from pipeline.translation.sections.summary import TranslationSummary

_ENOUGH = 0.9
"""Of what a judge tells of real pictures; the share that its verdict on translations should be."""


def findings(summary: TranslationSummary) -> list[Finding]:
    """Up to four, the most telling first."""
    if not is_enough(summary.evaluation.translations):
        count = summary.evaluation.translations
        return [Finding.too_little("target", "measures", count)]
    return list(_findings(summary))


def _findings(summary: TranslationSummary) -> Iterator[Finding]:
    evaluation = summary.evaluation
    yield _target(evaluation, summary.chance)
    yield _truth(evaluation)
    yield _likeness(evaluation)
    yield _kept(evaluation)


def _target(evaluation: Evaluation, chance: float) -> Finding:
    """Whether translations are taken for their targets about as often as real pictures are."""
    assert evaluation.judge
    taken, judge = evaluation.scores["model"].all.target, evaluation.judge
    tone = tone_above(taken, _ENOUGH * judge.mean)
    if tone_above(judge, chance) != "good":
        tone = "unclear"  # who cannot tell real pictures cannot tell translations
    return Finding.of(
        "target",
        tone,
        "measures.methods",
        share=with_range(taken, percent),
        judge=percent(judge.mean),
        chance=percent(chance),
    )


def _truth(evaluation: Evaluation) -> Finding:
    """Whether translations are nearer to the truth than those of every simple method."""
    if not is_enough(evaluation.pairs):
        return Finding.too_little("truth", "measures.gains", evaluation.pairs)
    gains = evaluation.gains
    nearest = gains["nearest" if "nearest" in gains else "colour"]
    return Finding.of(
        "truth",
        _least(tone_above(gain) for of_method in gains.values() for gain in of_method.values()),
        "measures.gains",
        l1=with_range(nearest["l1"], _signed),
        ssim=with_range(nearest["ssim"], _signed),
        pairs=f"{evaluation.pairs:,}",
    )


def _likeness(evaluation: Evaluation) -> Finding:
    """Whether translations are liker to real pictures of their targets than the originals are."""
    ours, originals = (evaluation.scores[name].targets for name in ("model", "identity"))
    return Finding.of(
        "likeness",
        _least(_below(ours[name].kid, originals[name].kid) for name in ours),
        "measures.targets",
        kid=_three_digits(evaluation.scores["model"].kid),
        originals=_three_digits(evaluation.scores["identity"].kid),
        real=_three_digits(evaluation.kid_of_real),
    )


def _kept(evaluation: Evaluation) -> Finding:
    """Whether edges are kept better than by another picture, the nearest one of the target."""
    ours, other = evaluation.scores["model"].all, evaluation.scores["nearest"].all
    return Finding.of(
        "kept",
        _below(other.structure, ours.structure),
        "measures.methods",
        share=with_range(ours.structure, _two_digits),
        other=_two_digits(other.structure.mean),
    )


def _below(lower: Interval | None, upper: Interval | None) -> Tone:
    """Good where one interval lies below another."""
    if lower is None or upper is None or lower.high is None or upper.low is None:
        return "unclear"
    return "good" if lower.high < upper.low else "doubtful"


def _least(tones: Iterator[Tone]) -> Tone:
    """What is true of all."""
    found = set(tones)
    return "unclear" if "unclear" in found else "doubtful" if "doubtful" in found else "good"


def _three_digits(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _signed(gain: float) -> str:
    return f"{gain:+.3f}"


def _two_digits(value: float) -> str:
    return f"{value:.2f}"
