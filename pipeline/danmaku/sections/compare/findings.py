"""From the figures of several models to what their differences mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipeline.danmaku.comparison.comparing import Comparison, Pair
from pipeline.danmaku.comparison.figures import FIGURES, Figure
from pipeline.evaluation.intervals import Interval
from pipeline.report.language import Message
from pipeline.report.verdict import Finding, fair, with_range

_TELLING = ("nll", "mrr", "named", "copied")
"""Figures that the verdict is about."""


def findings(comparison: Comparison) -> list[Finding]:
    """One for each telling figure: which model is the best, and whether that is beyond chance."""
    return list(_findings(comparison))


def _findings(comparison: Comparison) -> Iterator[Finding]:
    measured = zip(comparison.models, comparison.measured_on, strict=True)
    learned = [model for model, on in measured if on == "training comments"]
    if learned:
        claim = Message("compare.learned_it", {"models": ", ".join(learned)})
        yield Finding("doubtful", claim, Message("compare.unfair"), "figures")
    for figure in (figure for figure in FIGURES if figure.name in _TELLING):
        known = [
            (interval.mean, model)
            for model, interval in zip(
                comparison.models, comparison.figures[figure.name], strict=True
            )
            if interval
        ]
        if len(known) < len(comparison.models):
            yield _open(figure, Message("compare.not_too_little"))
            continue
        ranked = sorted(known, reverse=not figure.is_lower_better)
        found = _lead(figure, ranked[0][1], ranked[1][1], comparison.pairs)
        yield replace(found, tone=fair(found.tone, bool(learned)))


def _lead(figure: Figure, best: str, second: str, pairs: list[Pair]) -> Finding:
    """Whether the best model is ahead of the second beyond chance, and by how much."""
    pair = next(pair for pair in pairs if {pair.one, pair.other} == {best, second})
    difference = pair.differences[figure.name]
    if isinstance(difference, str):
        return _open(figure, Message(f"compare.not_{difference}"))
    lead = _turned(difference) if (pair.one == best) == figure.is_lower_better else difference
    names = {"best": best, "second": second}
    unit = _points if figure.is_share else "{:z.3f}".format
    figures = Message(f"compare.{figure.name}_lead", {**names, "lead": with_range(lead, unit)})
    if lead.low is None:
        return _open(figure, Message("compare.too_few_blocks"))
    if lead.low <= 0:
        tie = Message(f"compare.{figure.name}_tie", names)
        return Finding("unclear", tie, figures, "figures")
    ahead = Message(f"compare.{figure.name}_ahead", names)
    return Finding("good", ahead, figures, "figures")


def _open(figure: Figure, why: Message) -> Finding:
    """That a question cannot be answered."""
    return Finding("unclear", Message(f"compare.{figure.name}_open"), why, "figures")


def _turned(interval: Interval) -> Interval:
    """Of the negative of a figure."""
    low, high = interval.low, interval.high
    return Interval(-interval.mean, None if high is None else -high, None if low is None else -low)


def _points(share: float) -> str:
    """A difference of shares in percentage points."""
    return f"{100 * share:z.1f}"
