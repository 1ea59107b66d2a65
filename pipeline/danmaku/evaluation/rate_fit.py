"""How well the learned rate predicts the number of comments in each second."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from pipeline.danmaku.evaluation.evaluation_file import RateFit
from pipeline.danmaku.evaluation.subject import Episode, Trained
from pipeline.evaluation.correlation import correlation
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.runtime.arrays import Float64s, Int64s
from pipeline.runtime.sample_size import is_constant


def measure_rate(trained: Trained, episode: Episode, block_s: float) -> RateFit | None:
    """Correlate the rate of ``episode`` with its comments, resampling blocks of ``block_s``.

    Returns None where either is constant.
    """
    bank = FeatureBank([episode.features], trained.rate.card.tap)
    expected = trained.rate.expected(episode.frames, bank.means)
    actual = episode.aligned.per_second().astype(np.float64)
    blocks = (np.arange(len(actual)) // block_s).astype(np.int64)
    return rate_fit(expected, actual, blocks)


def rate_fit(expected: Float64s, actual: Float64s, blocks: Int64s) -> RateFit | None:
    """Correlations of comments per second, all (seconds,); None where either is constant."""
    if is_constant(expected) or is_constant(actual):
        return None
    return RateFit(
        pearson=correlation(expected, actual, blocks),
        spearman=correlation(rankdata(expected), rankdata(actual), blocks),
    )
