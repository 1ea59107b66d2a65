"""Cluster bootstrap: 95 % intervals of means whose values are not independent.

Comments of one second or one scene resemble each other, so whole clusters are resampled with
replacement, never single values.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from pipeline.runtime.arrays import Float64s
from pipeline.runtime.sample_size import MIN_CLUSTERS

_RESAMPLES = 2000
_SEED = 0
_QUANTILES = (0.025, 0.975)


class Interval(msgspec.Struct, frozen=True):
    """A mean and its 95 % bootstrap interval, clusters resampled.

    Both ends are None where fewer than ``MIN_CLUSTERS`` clusters carry the figure, which is too
    few to say how others would have come out. Clusters with equal values give an interval of
    width 0.
    """

    mean: float
    low: float | None
    high: float | None


class Ratio(NamedTuple):
    """The sum of numerators over that of denominators, which are 0 or more; all (n,)."""

    numerators: npt.ArrayLike
    denominators: npt.ArrayLike
    clusters: npt.ArrayLike
    """To which each item belongs."""

    @property
    def interval(self) -> Interval:
        """See ``ratio_interval``."""
        return ratio_interval(*self)


def mean_interval(values: npt.ArrayLike, clusters: npt.ArrayLike) -> Interval:
    """The mean of ``values`` (n,), which belong to ``clusters`` (n,)."""
    return ratio_interval(values, np.ones(np.shape(values)), clusters)


def paired_difference(
    values: npt.ArrayLike, others: npt.ArrayLike, clusters: npt.ArrayLike
) -> Interval:
    """The mean of ``values - others``, both (n,) and of the same items in the same order."""
    return mean_interval(np.asarray(values, float) - np.asarray(others, float), clusters)


def ratio_interval(
    numerators: npt.ArrayLike, denominators: npt.ArrayLike, clusters: npt.ArrayLike
) -> Interval:
    """The sum of ``numerators`` over that of ``denominators``, which are 0 or more; all (n,).

    Raises ValueError if the denominators sum to 0 or a value is not finite.
    """
    tops, bottoms = (_finite(numbers, np.shape(clusters)) for numbers in (numerators, denominators))
    if not bottoms.sum() > 0:
        raise ValueError("a mean of nothing")
    counted = bottoms > 0
    return statistic_interval(
        np.stack([tops, bottoms])[:, counted],
        np.asarray(clusters)[counted],
        lambda sums: np.asarray(sums[0] / sums[1]),
    )


def difference_interval(one: Ratio, other: Ratio) -> Interval:
    """The ratio of ``one`` minus that of ``other``, whose clusters are resampled together.

    So what a cluster does to both cancels out, whether they hold the same items (a paired
    difference) or each its own of the same scenes. Raises ValueError as ``ratio_interval`` does.
    """
    parts = [
        np.stack([_finite(numbers, np.shape(ratio.clusters)) for numbers in ratio[:2]])
        for ratio in (one, other)
    ]
    if any(not bottoms.sum() > 0 for _, bottoms in parts):
        raise ValueError("a mean of nothing")
    none = [np.zeros_like(part) for part in parts]
    values = np.hstack([np.vstack([parts[0], none[0]]), np.vstack([none[1], parts[1]])])
    clusters = np.concatenate([np.asarray(ratio.clusters) for ratio in (one, other)])

    def difference(sums: Float64s) -> Float64s:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(sums[0] / sums[1] - sums[2] / sums[3])

    return statistic_interval(values, clusters, difference)


def statistic_interval(
    values: Float64s, clusters: npt.NDArray[np.generic], statistic: Callable[[Float64s], Float64s]
) -> Interval:
    """Any statistic that is a function of sums over items.

    ``statistic`` maps the sums (k, …) of ``values`` (k, n) to the figure (…), and to nan where
    the sums leave it undefined. A resample for which it is undefined means that too few clusters
    carry the figure, so there is no interval: with eight clusters that do among many, one
    resample in three thousand has none of them.
    """
    _, index = np.unique(clusters, return_inverse=True)
    # Sums per cluster first: a resample then adds up clusters, not items.
    sums = np.stack([np.bincount(index, row) for row in values])
    mean = float(statistic(sums.sum(1)))
    count = sums.shape[1]
    if count < MIN_CLUSTERS:
        return Interval(mean, None, None)
    draws = np.random.default_rng(_SEED).integers(count, size=(_RESAMPLES, count))
    resampled = statistic(sums[:, draws].sum(2))
    if np.isnan(resampled).any():
        return Interval(mean, None, None)
    low, high = np.quantile(resampled, _QUANTILES)
    return Interval(mean, float(low), float(high))


def _finite(values: npt.ArrayLike, shape: tuple[int, ...]) -> Float64s:
    array = np.asarray(values, np.float64)
    if array.shape != shape or not np.isfinite(array).all():
        raise ValueError("each cluster number needs one finite value")
    return array
