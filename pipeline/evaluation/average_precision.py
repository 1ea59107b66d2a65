"""Average precision of tags: how high what has a tag ranks among all."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pipeline.evaluation.intervals import Interval, mean_interval
from pipeline.runtime.arrays import Bools, Float64s, Floats, Int64s
from pipeline.runtime.sample_size import MIN_CLUSTERS

_RESAMPLES = 500
_AT_ONCE = 50  # resamples
_SEED = 0


class MeanAveragePrecision(NamedTuple):
    """Over tags, with intervals over what else could have been."""

    by_tag: Float64s
    """(k,)"""
    over_tags: Interval
    """Of other tags."""
    over_units: Interval
    """Of other units, such as things."""


def average_precisions(scores: Floats, targets: Bools) -> Float64s:
    """(k,) of ``scores`` and what holds, both (n, k).

    Equal scores count as one rank, so that a constant has the share of positives. Raises
    ValueError for a tag that no example has.
    """
    if not targets.any(0).all():
        raise ValueError("each tag needs an example")
    unit = np.zeros(len(scores), np.int64)
    return np.asarray(_by_tag(scores, targets, unit, np.ones((1, 1)))[0])


def mean_average_precision(scores: Floats, targets: Bools, units: Int64s) -> MeanAveragePrecision:
    """The mean of ``average_precisions``, for examples that belong to ``units`` (n,)."""
    by_tag = average_precisions(scores, targets)
    over_tags = mean_interval(by_tag, np.arange(len(by_tag)))
    distinct, unit = np.unique(units, return_inverse=True)
    mean, count = over_tags.mean, len(distinct)
    if count < MIN_CLUSTERS:
        return MeanAveragePrecision(by_tag, over_tags, Interval(mean, None, None))
    draws = np.random.default_rng(_SEED).integers(count, size=(_RESAMPLES, count))
    times = np.stack([np.bincount(drawn, minlength=count) for drawn in draws])
    resampled = np.nanmean(_by_tag(scores, targets, unit, times), 1)
    low, high = np.quantile(resampled, (0.025, 0.975))
    return MeanAveragePrecision(by_tag, over_tags, Interval(mean, float(low), float(high)))


def _by_tag(scores: Floats, targets: Bools, unit: Int64s, times: Float64s | Int64s) -> Float64s:
    """(m, k) where each unit counts ``times`` (m, units); nan where a tag has no example left."""
    found = np.empty((len(times), targets.shape[1]))
    for tag in range(targets.shape[1]):
        order = np.argsort(-scores[:, tag], kind="stable")
        falling, holds = scores[order, tag], targets[order, tag]
        ends = np.flatnonzero(np.append(falling[1:] != falling[:-1], True))
        for first in range(0, len(times), _AT_ONCE):
            some = slice(first, first + _AT_ONCE)
            weight = times[some][:, unit[order]]
            found[some, tag] = _average_precision(weight, holds, ends)
    return found


def _average_precision(weight: Float64s | Int64s, holds: Bools, ends: Int64s) -> Float64s:
    """(m,) for examples in falling order, whose ranks end at ``ends``; ``weight`` is (m, n)."""
    right = np.cumsum(weight * holds, 1)[:, ends]
    all_of_them = np.cumsum(weight, 1)[:, ends]
    precision = right / np.maximum(all_of_them, 1)
    gained = np.diff(right, axis=1, prepend=0)
    with np.errstate(invalid="ignore"):
        return np.asarray((precision * gained).sum(1) / right[:, -1])
