"""How sure a mean is when its values come in clusters that stand or fall together."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from pipeline.danmaku.evaluation.record import Interval
from pipeline.runtime.arrays import Float64s
from pipeline.runtime.sample_size import LEAST_CLUSTERS

_RESAMPLES = 2000
_SEED = 0
_QUANTILES = (0.025, 0.975)


def mean_interval(values: npt.ArrayLike, clusters: npt.ArrayLike) -> Interval:
    """Of the mean of ``values`` (n,), whose clusters are ``clusters`` (n,)."""
    return ratio_interval(values, np.ones(np.shape(values)), clusters)


def paired_difference(
    values: npt.ArrayLike, others: npt.ArrayLike, clusters: npt.ArrayLike
) -> Interval:
    """Of the mean of ``values - others``, both (n,) of the same things in the same order."""
    return mean_interval(np.asarray(values, float) - np.asarray(others, float), clusters)


def ratio_interval(
    numerators: npt.ArrayLike, denominators: npt.ArrayLike, clusters: npt.ArrayLike
) -> Interval:
    """Of the sum of ``numerators`` over that of ``denominators``, 0 or more; all (n,).

    Raises ValueError if there is nothing to divide by or a value is not finite.
    """
    tops, bottoms = (_finite(numbers, np.shape(clusters)) for numbers in (numerators, denominators))
    if not bottoms.sum() > 0:
        raise ValueError("a mean of nothing")
    counted = bottoms > 0
    return resampled(
        np.stack([tops, bottoms])[:, counted],
        np.asarray(clusters)[counted],
        lambda sums: np.asarray(sums[0] / sums[1]),
    )


def resampled(
    values: Float64s, clusters: npt.NDArray[np.generic], of: Callable[[Float64s], Float64s]
) -> Interval:
    """Of a figure that ``of`` computes from sums (k, …) of ``values`` (k, n).

    Where sums leave it open, ``of`` gives nan. Then too few clusters bear the figure: where
    eight of many do, one resample in three thousand has none of them.
    """
    _, index = np.unique(clusters, return_inverse=True)
    sums = np.stack([np.bincount(index, row) for row in values])
    mean = float(of(sums.sum(1)))
    count = sums.shape[1]
    if count < LEAST_CLUSTERS:
        return Interval(mean, None, None)
    draws = np.random.default_rng(_SEED).integers(count, size=(_RESAMPLES, count))
    drawn = of(sums[:, draws].sum(2))
    if np.isnan(drawn).any():
        return Interval(mean, None, None)
    low, high = np.quantile(drawn, _QUANTILES)
    return Interval(mean, float(low), float(high))


def _finite(values: npt.ArrayLike, shape: tuple[int, ...]) -> Float64s:
    array = np.asarray(values, np.float64)
    if array.shape != shape or not np.isfinite(array).all():
        raise ValueError("each cluster number needs one finite value")
    return array
