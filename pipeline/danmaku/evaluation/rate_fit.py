"""How well the learned rate foresees how many comments each second gets."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from pipeline.danmaku.evaluation.intervals import resampled
from pipeline.danmaku.evaluation.record import Interval, RateFit
from pipeline.danmaku.evaluation.subject import Episode, Trained
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.runtime.arrays import Float64s, Int64s
from pipeline.runtime.sample_size import ROUNDING, is_constant


def measure_rate(trained: Trained, episode: Episode, block_s: float) -> RateFit | None:
    """Correlations, blocks of ``block_s`` seconds resampled; None where one of both is constant."""
    bank = FeatureBank([episode.features], trained.rate.card.tap)
    expected = trained.rate.expected(episode.frames, bank.means)
    actual = episode.aligned.per_second().astype(np.float64)
    block = (np.arange(len(actual)) // block_s).astype(np.int64)
    return rate_fit(expected, actual, block)


def rate_fit(expected: Float64s, actual: Float64s, block: Int64s) -> RateFit | None:
    """Of (n,) comments a second; None where one of both is constant."""
    if is_constant(expected) or is_constant(actual):
        return None
    return RateFit(
        pearson=correlation(expected, actual, block),
        spearman=correlation(rankdata(expected), rankdata(actual), block),
    )


def correlation(expected: Float64s, actual: Float64s, block: Int64s) -> Interval:
    """Pearson's, (n,) each, with its interval; neither may be constant."""
    x, y = _standardised(expected), _standardised(actual)
    products = np.stack([np.ones_like(x), x, y, x * x, y * y, x * y])

    def of(sums: Float64s) -> Float64s:
        """Correlations (…,) from sums of the products (6, …)."""
        x, y, xx, yy, xy = sums[1:] / sums[0]
        # Of blocks without a comment no draw is anything but constant, and what is left of
        # its variance is rounding. All values have a variance of 1.
        varies = (xx - x**2 > ROUNDING * np.maximum(xx, 1)) & (
            yy - y**2 > ROUNDING * np.maximum(yy, 1)
        )
        spread = np.sqrt(np.where(varies, (xx - x**2) * (yy - y**2), 1))
        return np.where(varies, np.clip((xy - x * y) / spread, -1, 1), np.nan)

    return resampled(products, block, of)


def _standardised(values: Float64s) -> Float64s:
    centred = values - values.mean()
    return np.asarray(centred / centred.std())
