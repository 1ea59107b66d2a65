"""The reaction delay: how long after seeing something viewers write about it.

It is the median of the mixture model in ``delay_mixture``. Whether comments follow the picture at
all is judged by the likelihood of the model under cuts that are shifted in time.
"""

from __future__ import annotations

import numpy as np

from pipeline.danmaku.alignment.delay_file import Delay
from pipeline.danmaku.alignment.delay_mixture import (
    MAX_DELAY,
    DelayMixture,
    Fit,
    lags,
    log_normal,
)
from pipeline.danmaku.alignment.tokens import Tokens
from pipeline.runtime.arrays import Float64s, Int64s
from pipeline.runtime.clock import MILLISECONDS
from pipeline.runtime.sample_size import MIN_CLUSTERS

_BURST_S = 1.2
_BURSTS_S = (0.7, 1.7)
"""The range of the burst's length that the interval covers."""

_MIN_TOKENS = 100
_MIN_CUTS = 3
_ROUNDS, _ROUNDS_SHIFTED, _ROUNDS_RESAMPLED = 80, 40, 20
_SHIFTS = 6
_RESAMPLES = 16
_BOOTSTRAP_BLOCK_S = 10.0
_CLEAR_GAIN = 0.02
"""Nats per word by which the true cuts must be better than any shifted ones."""


def estimate_delay(tokens: Tokens, cuts: Float64s, duration: float, seed: int) -> Delay:
    """Fit the model to ``cuts``, in seconds and in order, of a video of ``duration`` seconds.

    Nothing is estimated from too few cuts, tokens, or blocks with tokens, which the interval
    resamples.
    """
    blocks = len(np.unique(_blocks(tokens)))
    if len(cuts) < _MIN_CUTS or len(tokens.time) < _MIN_TOKENS or blocks < MIN_CLUSTERS:
        return Delay(False, 0, 0, 0, 0.0, [], len(tokens.time), len(cuts), 0.0)
    fit = DelayMixture(tokens, cuts, duration).fit(_BURST_S, _ROUNDS)
    gain = fit.likelihood - _likelihood_by_chance(tokens, cuts, duration)
    low, high = _interval(tokens, cuts, duration, fit, seed)
    shares = log_normal(lags(), fit.median, fit.log_std)
    return Delay(
        estimated=gain > _CLEAR_GAIN and high < MAX_DELAY,
        median_ms=round(fit.median * MILLISECONDS),
        low_ms=round(low * MILLISECONDS),
        high_ms=round(high * MILLISECONDS),
        log_std=round(fit.log_std, 3),
        distribution=[
            (round(lag * MILLISECONDS), round(float(share), 5))
            for lag, share in zip(lags(), shares, strict=True)
        ],
        tokens=len(tokens.time),
        cuts=len(cuts),
        log_likelihood_gain=round(gain, 4),
    )


def _likelihood_by_chance(tokens: Tokens, cuts: Float64s, duration: float) -> float:
    """The best likelihood under shifted cuts, which wrap around at the end of the video."""
    shifts = duration * np.arange(1, _SHIFTS + 1) / (_SHIFTS + 1)
    shifted = [np.sort((cuts + shift) % duration) for shift in shifts]
    return max(
        DelayMixture(tokens, moved, duration).fit(_BURST_S, _ROUNDS_SHIFTED).likelihood
        for moved in shifted
    )


def _interval(
    tokens: Tokens, cuts: Float64s, duration: float, fit: Fit, seed: int
) -> tuple[float, float]:
    """The 95 % interval of the median, in seconds, over resampled blocks and lengths of burst."""
    rng = np.random.default_rng(seed)
    mixture = DelayMixture(tokens, cuts, duration)
    distinct, block = np.unique(_blocks(tokens), return_inverse=True)
    medians = []
    for burst_s in np.linspace(*_BURSTS_S, _RESAMPLES):
        # A block that is drawn twice counts its tokens twice.
        drawn = rng.integers(len(distinct), size=len(distinct))
        weight = np.bincount(drawn, minlength=len(distinct))[block].astype(np.float64)
        start = fit.median, fit.log_std
        medians.append(mixture.fit(float(burst_s), _ROUNDS_RESAMPLED, weight, start).median)
    low, high = np.quantile(medians, [0.025, 0.975])
    return min(float(low), fit.median), max(float(high), fit.median)


def _blocks(tokens: Tokens) -> Int64s:
    """(tokens,) which stretch of ten seconds each is in."""
    return (tokens.time.clip(0) / _BOOTSTRAP_BLOCK_S).astype(np.int64)
