"""How well a taste foretells scores that it has not seen, beside what knows less."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import numpy as np
import torch
from scipy.stats import kendalltau, rankdata

from pipeline.evaluation.correlation import correlation
from pipeline.evaluation.intervals import Interval, mean_interval, statistic_interval
from pipeline.faces.scores.learning import Lesson, said_by, said_unseen
from pipeline.runtime.arrays import Bools, Float32s, Float64s, Int64s
from pipeline.runtime.sample_size import is_constant

TOP = (10, 50)
"""Subjects at the head of the ranking of which it is told how many are of the best."""
_BEST_SHARE = 0.2
"""Of all examples, those with the highest scores, and all that have as much as the last of them."""


class Measures(msgspec.Struct, frozen=True):
    """How far what is said agrees with the scores; units are resampled for the intervals."""

    spearman: Interval | None
    """None where the same is said of all."""
    pearson: Interval | None
    kendall: float
    """Tau-b; 0 where the same is said of all."""
    mae: Interval
    rmse: Interval
    precision: dict[int, float]
    """The share of the best among those said to be the best 10 and 50."""


class ScoreEvaluation(msgspec.Struct, frozen=True, kw_only=True):
    """All figures are of examples whose fold neither the head nor any choice has seen."""

    taste: Measures
    baselines: dict[str, Measures]
    """``constant`` says the mean, ``pixels`` sees 16 × 16 of the crop, ``picture`` the whole
    picture as the network does, and ``tags`` those that people gave it. Where the network was
    fine-tuned, ``fine-tuned`` is what it says by itself, and ``frozen`` what heads say."""
    best_share: float
    """Of the examples that count as the best: their share among any."""
    coverage: Interval
    """The share of scores within their intervals."""
    interval_width: float
    """Mean, in units of the scale."""


def evaluate_scores(
    lesson: Lesson,
    units: Int64s,
    others: Mapping[str, Float32s],
    device: torch.device | None = None,
) -> ScoreEvaluation:
    """Measure a ``lesson``, and baselines that have ``others`` (n, …) for features."""
    scores = lesson.scores
    constant = np.full_like(scores, scores.mean())
    said = {"constant": constant} | {
        name: said_unseen(lesson, features, device) for name, features in others.items()
    }
    frozen = [trial for trial in lesson.trials if trial is not lesson.tuned]
    if lesson.tuned:
        said |= {"frozen": said_by(lesson, frozen), "fine-tuned": said_by(lesson, [lesson.tuned])}
    top = is_best(scores)
    ends = lesson.scale.levels[[0, -1]]
    half = np.minimum(lesson.reach * lesson.spreads, np.ptp(ends))
    low, high = lesson.scale.clipped(lesson.said - half), lesson.scale.clipped(lesson.said + half)
    return ScoreEvaluation(
        taste=measured(lesson.said, scores, units),
        baselines={name: measured(values, scores, units) for name, values in said.items()},
        best_share=float(top.mean()),
        coverage=mean_interval(lesson.covered, units),
        interval_width=float((high - low).mean()),
    )


def measured(said: Float64s, scores: Float64s, units: Int64s) -> Measures:
    """Compare what is ``said`` with ``scores``, both (n,)."""
    errors = said - scores
    same = bool(is_constant(said))
    top, order = is_best(scores), np.argsort(-said, kind="stable")
    return Measures(
        spearman=None if same else correlation(rankdata(scores), rankdata(said), units),
        pearson=None if same else correlation(scores, said, units),
        kendall=0.0 if same else float(kendalltau(said, scores).statistic),
        mae=mean_interval(np.abs(errors), units),
        rmse=statistic_interval(
            np.stack([errors**2, np.ones_like(errors)]),
            units,
            lambda sums: np.sqrt(sums[0] / sums[1]),
        ),
        precision={k: float(top.mean() if same else top[order[:k]].mean()) for k in TOP},
    )


def is_best(scores: Float64s) -> Bools:
    """(n,) which are among the best fifth of ``scores`` (n,), with all that equal its last."""
    least = np.sort(scores)[-max(1, round(_BEST_SHARE * len(scores)))]
    return np.asarray(scores >= least)
