"""Poisson regression of counts on features, with a ridge penalty."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import PoissonRegressor

from pipeline.danmaku.rate.counts import CountedSeconds
from pipeline.runtime.arrays import Float64s, Int64s


def fit_poisson(
    data: CountedSeconds, features: Float64s, penalty: float, rows: Int64s | slice = slice(None)
) -> tuple[Float64s, float]:
    """Fit to the chosen ``rows`` of ``features`` (n, f).

    Returns the effects (f,) on the logarithm of count / level, and its intercept. ``penalty`` is
    the inverse of the variance expected of effects.
    """
    # A count is level times a rate, so rates are fitted, weighted by the level: that is the
    # likelihood of the counts themselves.
    weight = data.weight[rows] * data.level[rows]
    regressor = PoissonRegressor(alpha=penalty / weight.sum(), solver="newton-cholesky")
    regressor.fit(features[rows], data.count[rows] / data.level[rows], sample_weight=weight)
    return regressor.coef_, float(regressor.intercept_)


def deviance(data: CountedSeconds, expected: Float64s) -> Float64s:
    """(n,) the weighted Poisson deviance of the counts from those ``expected`` (n,)."""
    count = data.count
    surprise = count * np.log(np.maximum(count, 1) / expected)  # 0 where there is no comment
    return np.asarray(2 * data.weight * (surprise - count + expected))


def dispersion(data: CountedSeconds, expected: Float64s) -> float:
    """The negative binomial's dispersion, by the method of moments.

    The variance of a count is expected + dispersion · expected²; 0 is Poisson's distribution.
    """
    excess = (data.count - expected) ** 2 - expected
    return max(0.0, float(data.weight @ excess) / float(data.weight @ expected**2))
