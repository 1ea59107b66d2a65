"""The mixture model of reactions, fitted by expectation-maximisation.

What people write about changes when the picture does, a delay later. Each frequent word w of a
comment at time t is modelled as drawn from

    p(t, w) = Σ_u λ(u) · θ(w | shot of u) · LogNormal(t - u; median, log_std)  +  noise · π(w)

where u is the moment that was reacted to, a shot lies between two cuts, θ are the words of a
shot, and λ is the rate of reactions: a constant for each shot, plus a burst after its cut that
fades exponentially. The burst matters: without it, the many comments after a lively start would
be taken for quick reactions. The data determine the sum of its length and the delay well, but
hardly either alone; so its length is given and not fitted.

Time is counted in cells of STEP seconds.

Shapes: N tokens, L lags, S shots, T cells, K words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pipeline.danmaku.alignment.cuts import STEP
from pipeline.danmaku.alignment.tokens import Tokens
from pipeline.runtime.arrays import Float64s

MAX_DELAY = 6.0
"""Seconds of delay that are considered."""

_PRIOR_TOKENS = 1.0
"""How many tokens the prior word distribution counts as, in each shot."""
_MIN_LOG_STD = 0.15
_START = (1.0, 0.6)
"""Median in seconds and log-standard deviation."""
_START_STEADY, _START_BURST, _START_NOISE = 0.7, 0.15, 0.15


@dataclass(frozen=True)
class Fit:
    """A fitted delay."""

    median: float
    """Seconds."""
    log_std: float
    likelihood: float
    """Mean log-likelihood of a token."""


@dataclass(frozen=True)
class _Parameters:
    median: float
    log_std: float
    steady: Float64s
    """(S,) share of tokens that are steady reactions to each shot."""
    burst: Float64s
    """(S,) share of tokens that belong to the burst after each cut."""
    noise: float
    """Share of tokens that are no reactions."""


class _Expectation(NamedTuple):
    """What the E step hands to the M step."""

    by_lag: Float64s
    """(N, L) probability that a token reacts to the moment so long before it."""
    density: Float64s
    """(N,) of each token, p(t, w)."""
    unrelated: Float64s
    """(N,) the part of it that is noise."""
    steady: Float64s
    """(T,) rate of steady reactions in each cell."""
    bursting: Float64s
    """(T,) rate of burst reactions in each cell."""
    likelihood: float


class DelayMixture:
    """The model for given cuts."""

    def __init__(self, tokens: Tokens, cuts: Float64s, duration: float) -> None:
        """Lay out ``cuts``, in seconds and in order, and the moments each token may react to."""
        cells = int(np.ceil(duration / STEP))
        begins = np.unique(np.clip(np.round(cuts / STEP).astype(np.int64), 0, cells - 1))
        starts = np.zeros(cells, np.int64)
        starts[begins[begins > 0]] = 1
        self._shot = np.cumsum(starts)  # (T,)
        shots = int(self._shot[-1]) + 1
        self._length = np.bincount(self._shot, minlength=shots)  # (S,) cells
        first = np.searchsorted(self._shot, np.arange(shots))
        self._since = (np.arange(cells) - first[self._shot] + 0.5) * STEP  # (T,) seconds
        self._lags = lags()
        moment = np.floor((tokens.time[:, None] - self._lags) / STEP + 1e-6).astype(np.int64)
        self._possible = (moment >= 0) & (moment < cells)  # (N, L)
        self._cell = moment.clip(0, cells - 1)
        shot = self._shot[self._cell]
        self._place = shot * tokens.words + tokens.word[:, None]  # (N, L) in a flat (S, K)
        self._own = shot + shots * np.arange(len(shot))[:, None]  # (N, L) in a flat (N, S)
        self._prior = np.bincount(tokens.word, minlength=tokens.words) + 0.5
        self._prior /= self._prior.sum()
        self._word = tokens.word

    def fit(
        self,
        burst_s: float,
        rounds: int,
        weight: Float64s | None = None,
        start: tuple[float, float] = _START,
    ) -> Fit:
        """Run ``rounds`` of expectation-maximisation.

        ``burst_s`` is the time in which the burst fades to 1/e, ``weight`` (N,) counts tokens,
        and ``start`` is the median and the log-standard deviation to begin with.
        """
        weight = np.ones(len(self._word)) if weight is None else weight
        fading = np.exp(-self._since / burst_s)
        fading /= np.bincount(self._shot, fading)[self._shot]  # sums to 1 in a shot
        parameters = self._initial(*start)
        by_lag = self._possible * log_normal(self._lags, *start)
        by_lag /= np.maximum(by_lag.sum(1, keepdims=True), 1e-9)
        likelihood = 0.0
        for _ in range(rounds):
            expected = self._e_step(parameters, fading, by_lag, weight)
            parameters = self._m_step(expected, weight)
            by_lag, likelihood = expected.by_lag, expected.likelihood
        return Fit(parameters.median, parameters.log_std, likelihood)

    def _initial(self, median: float, log_std: float) -> _Parameters:
        shots = len(self._length)
        steady = self._length / len(self._shot) * _START_STEADY
        return _Parameters(
            median, log_std, steady, np.full(shots, _START_BURST / shots), _START_NOISE
        )

    def _word_probabilities(self, by_lag: Float64s, weight: Float64s) -> Float64s:
        """(N, L) θ of each token's word in the shots that it may react to.

        They are counted without the token itself, which would otherwise confirm the shot that it
        was assigned to.
        """
        weighted = by_lag * weight[:, None]
        shots, words = len(self._length), len(self._prior)
        counts = np.bincount(self._place.ravel(), weighted.ravel(), shots * words)
        own = np.bincount(self._own.ravel(), weighted.ravel())[self._own]
        same_word = (counts[self._place] - own).clip(0)
        any_word = counts.reshape(shots, words).sum(1)[self._shot[self._cell]] - own
        prior = _PRIOR_TOKENS * self._prior[self._word, None]
        return np.asarray((same_word + prior) / (any_word.clip(0) + _PRIOR_TOKENS))

    def _e_step(
        self, parameters: _Parameters, fading: Float64s, by_lag: Float64s, weight: Float64s
    ) -> _Expectation:
        """What each token reacts to, given the parameters and the last assignment to shots."""
        theta = self._word_probabilities(by_lag, weight)
        steady = (parameters.steady / self._length)[self._shot]
        bursting = parameters.burst[self._shot] * fading
        rate = steady + bursting  # (T,)
        joint = theta * self._possible * rate[self._cell]
        joint *= log_normal(self._lags, parameters.median, parameters.log_std)
        unrelated = parameters.noise * self._prior[self._word] / len(self._shot)
        density = joint.sum(1) + unrelated
        return _Expectation(
            by_lag=joint / density[:, None],
            density=density,
            unrelated=unrelated,
            steady=steady,
            bursting=bursting,
            likelihood=float((weight * np.log(density)).sum() / weight.sum()),
        )

    def _m_step(self, expected: _Expectation, weight: Float64s) -> _Parameters:
        """The parameters under which that assignment is likeliest."""
        total, cells, shots = weight.sum(), len(self._shot), len(self._length)
        weighted = expected.by_lag * weight[:, None]
        reactions = np.bincount(self._cell.ravel(), weighted.ravel(), cells)  # (T,)
        rate = expected.steady + expected.bursting
        steady = np.bincount(self._shot, reactions * expected.steady / rate, shots) / total
        burst = np.bincount(self._shot, reactions * expected.bursting / rate, shots) / total
        noise = float((weight * expected.unrelated / expected.density).sum() / total)
        # A log-normal is fitted by the mean and variance of the logarithms, here of the lags.
        log_lags, of_lag = np.log(self._lags), weighted.sum(0)
        mean = (of_lag * log_lags).sum() / of_lag.sum()
        variance = (of_lag * np.square(log_lags - mean)).sum() / of_lag.sum()
        log_std = max(_MIN_LOG_STD, float(np.sqrt(variance)))
        # No share is ever quite 0, or it could never grow again.
        return _Parameters(float(np.exp(mean)), log_std, steady + 1e-9, burst + 1e-9, noise)


def lags() -> Float64s:
    """(L,) delays in seconds: the middle of each cell."""
    return np.asarray((np.arange(round(MAX_DELAY / STEP)) + 0.5) * STEP, np.float64)


def log_normal(lags: Float64s, median: float, log_std: float) -> Float64s:
    """(L,) probabilities of the cells."""
    density = np.exp(-0.5 * np.square(np.log(lags / median) / log_std)) / lags
    return np.asarray(density / density.sum())
