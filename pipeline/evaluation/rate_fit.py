"""How well the learned rate foresees how many comments each second gets."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from pipeline.artifacts.evaluation import Interval, RateFit
from pipeline.evaluation.corpus import Floats
from pipeline.evaluation.intervals import resampled
from pipeline.evaluation.subject import Episode, Trained
from pipeline.nn.feature_bank import FeatureBank
from pipeline.timebase import Int64s


def measure_rate(trained: Trained, episode: Episode, block_s: float) -> RateFit | None:
    """Correlations, blocks of ``block_s`` seconds resampled; None where one of both is constant."""
    bank = FeatureBank([episode.features], trained.rate.card.tap)
    expected = trained.rate.expected(episode.frames, bank.means)
    actual = episode.aligned.per_second().astype(np.float64)
    if not (expected.std() > 0 and actual.std() > 0):
        return None
    block = (np.arange(len(actual)) // block_s).astype(np.int64)
    return RateFit(
        pearson=correlation(expected, actual, block),
        spearman=correlation(rankdata(expected), rankdata(actual), block),
    )


def correlation(expected: Floats, actual: Floats, block: Int64s) -> Interval:
    """Pearson's, (n,) each, with its interval."""
    ones = np.ones_like(expected)
    products = np.stack([ones, expected, actual, expected**2, actual**2, expected * actual])

    def of(sums: Floats) -> Floats:
        """Correlations (…,) from sums of the products (6, …)."""
        n, x, y, xx, yy, xy = sums
        spread = np.sqrt(np.maximum((n * xx - x**2) * (n * yy - y**2), np.finfo(float).tiny))
        return np.asarray((n * xy - x * y) / spread)

    return resampled(products, block, of)
