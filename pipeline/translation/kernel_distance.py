"""Kernel inception distance (Bińkowski et al. 2018): how far two sets of pictures are apart.

The squared maximum mean discrepancy of features under the kernel (x · y / d + 1)³, unbiased, so
that it may be below 0 for sets that are alike.

n, m  pictures   d  features
"""

from __future__ import annotations

import numpy as np

from pipeline.evaluation.intervals import Interval
from pipeline.runtime.arrays import Float64s, Int64s
from pipeline.runtime.sample_size import MIN_CLUSTERS

_RESAMPLES = 500
_SEED = 0


def kernel_distance(made: Float64s, real: Float64s, clusters: Int64s) -> Interval | None:
    """Between ``made`` (n, d) and ``real`` (m, d), with the interval of other clusters of made.

    ``clusters`` (n,) say which of the first belong together. None for sets of which one has fewer
    than two pictures.
    """
    if min(len(made), len(real)) < 2:
        return None
    within, across = _kernel(made, made), _kernel(made, real).mean(1)
    np.fill_diagonal(within, 0)
    constant = _off_diagonal_mean(_kernel(real, real))
    _, index = np.unique(clusters, return_inverse=True)
    count = int(index.max()) + 1
    resamples = _RESAMPLES if count >= MIN_CLUSTERS else 0
    draws = np.random.default_rng(_SEED).multinomial(count, [1 / count] * count, resamples)
    weights = np.vstack([np.ones(count), draws])[:, index]
    # A picture that is drawn twice is no pair with itself.
    pairs = weights.sum(1) ** 2 - (weights**2).sum(1)
    inner = np.einsum("rn,rn->r", weights @ within, weights) / pairs
    values = inner + constant - 2 * (weights @ across) / weights.sum(1)
    if not resamples:
        return Interval(float(values[0]), None, None)
    low, high = np.quantile(values[1:], (0.025, 0.975))
    return Interval(float(values[0]), float(low), float(high))


def _kernel(one: Float64s, two: Float64s) -> Float64s:
    values: Float64s = (one @ two.T / one.shape[1] + 1) ** 3
    return values


def _off_diagonal_mean(kernel: Float64s) -> float:
    n = len(kernel)
    return float((kernel.sum() - np.trace(kernel)) / (n * (n - 1)))
