"""Pearson's correlation coefficient with a cluster bootstrap interval."""

from __future__ import annotations

import numpy as np

from pipeline.evaluation.intervals import Interval, statistic_interval
from pipeline.runtime.arrays import Float64s, Int64s
from pipeline.runtime.sample_size import ROUNDING


def correlation(expected: Float64s, actual: Float64s, clusters: Int64s) -> Interval:
    """Correlate two series (n,), neither of which may be constant."""
    x, y = _standardized(expected), _standardized(actual)
    products = np.stack([np.ones_like(x), x, y, x * x, y * y, x * y])
    return statistic_interval(products, clusters, _from_sums)


def _from_sums(sums: Float64s) -> Float64s:
    """Correlations (…,) from the sums (6, …) of 1, x, y, xx, yy and xy."""
    x, y, xx, yy, xy = sums[1:] / sums[0]
    # A resample may hold only clusters in which a series is constant. What is left of its
    # variance is then rounding, which must not be divided by; all values have variance 1.
    varies = (xx - x**2 > ROUNDING * np.maximum(xx, 1)) & (yy - y**2 > ROUNDING * np.maximum(yy, 1))
    spread = np.sqrt(np.where(varies, (xx - x**2) * (yy - y**2), 1))
    return np.where(varies, np.clip((xy - x * y) / spread, -1, 1), np.nan)


def _standardized(values: Float64s) -> Float64s:
    centred = values - values.mean()
    return np.asarray(centred / centred.std())
