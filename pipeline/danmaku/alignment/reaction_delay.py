"""The reaction delay: how long after seeing something viewers write about it.

What people write about changes when the picture does, a delay later. Each frequent word of
a comment at time t is modelled as drawn from a mixture, fitted by expectation-maximisation:

    p(t, w) = Σ_u λ(u) · θ(w | shot of u) · LogNormal(t - u; median, spread)  +  noise · π(w)

where u is the moment that was reacted to, a shot lies between two cuts, θ are the words of
a shot, and λ is the rate of reactions: of each shot a constant, and a burst after its cut
that fades exponentially. The burst matters: without it, what a lively start brings is taken
for quick reactions. Its length and the delay are told apart poorly by the data, only their
sum well; so it is set to BURST and varied widely for the interval.

Whether there is any link at all is told by the likelihood under cuts shifted in time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import h5py
import numpy as np
import numpy.typing as npt

from pipeline.danmaku.alignment.delay_file import Delay
from pipeline.media.frame_times import MILLISECONDS, Int64s
from pipeline.pictures.frames_file import Frames
from pipeline.runtime.sample_size import LEAST_CLUSTERS
from pipeline.text.words import SYMBOL

Floats = npt.NDArray[np.float64]

STEP = 0.1
"""Seconds of a cell of time."""
LONGEST = 6.0
"""Seconds of delay that are considered."""
BURST = 1.2
"""Seconds until the liveliness after a cut has fallen to 1/e."""
_BURSTS = (0.7, 1.7)
"""The range that the interval covers."""

_THUMBNAILS_PER_S = 8
_SIDE = 16  # pixels of a thumbnail
_WINDOW = 0.4  # seconds on either side of a cut whose mean pictures are compared
_CELLS_AT_ONCE = 2048
_CUT_OVER_MEDIAN = 4.0
_WORDS = 60
_LEAST_COUNT = 8
_MOST_TOKENS = 4000
_LEAST_TOKENS = 100
_LEAST_CUTS = 3
_PRIOR_TOKENS = 1.0
_ROUNDS, _ROUNDS_SHIFTED, _ROUNDS_AGAIN = 80, 40, 20
_SHIFTS = 6
_RESAMPLES = 16
_BLOCK = 10.0  # seconds that are resampled as a whole
_CLEAR_GAIN = 0.02  # nats a word


@dataclass(frozen=True)
class Tokens:
    """Frequent words of comments, one by one."""

    time: Floats
    """(tokens,) seconds."""
    word: Int64s
    """(tokens,) which of the frequent words."""
    words: int
    """How many there are."""


def frequent_tokens(comments: Iterable[tuple[int, Sequence[str], Sequence[str]]]) -> Tokens:
    """The words that are frequent enough to tell shots apart.

    ``comments`` are (time in milliseconds, words, parts of speech). Marks, particles and runs of
    one letter, such as laughter, are no such words. At most 4,000 tokens, evenly thinned out.
    """
    times: list[float] = []
    said: list[str] = []
    for time_ms, words, parts in comments:
        content = {w for w, part in zip(words, parts, strict=True) if _tells(w, part)}
        said += sorted(content)
        times += [time_ms / MILLISECONDS] * len(content)
    common = Counter(said).most_common(_WORDS)
    number = {word: i for i, (word, count) in enumerate(common) if count >= _LEAST_COUNT}
    kept = [i for i, word in enumerate(said) if word in number]
    kept = (
        [kept[i * len(kept) // _MOST_TOKENS] for i in range(_MOST_TOKENS)]
        if (len(kept) > _MOST_TOKENS)
        else kept
    )
    return Tokens(
        time=np.array([times[i] for i in kept], np.float64),
        word=np.array([number[said[i]] for i in kept], np.int64),
        words=len(number),
    )


def thumbnails(frames: Frames, file: h5py.File) -> tuple[npt.NDArray[np.float32], Floats]:
    """Pictures of ``frames.h5``, at most eight a second, and when each comes on screen.

    Returns (n, 768) RGB 0-1 of 16×16 positions, and (n,) seconds.
    """
    duration = float(frames.times.duration)
    moments = np.arange(0, duration, 1 / _THUMBNAILS_PER_S) * MILLISECONDS
    shown = np.unique(frames.times.frames_at(moments.astype(np.int64)))
    time = np.array([float(frames.times.seconds(frame)) for frame in shown.tolist()])
    pictures = file["pictures"]
    side = pictures.shape[1] // _SIDE
    small = np.empty((len(shown), _SIDE * _SIDE * 3), np.float32)
    for place, row in enumerate(frames.row[shown].tolist()):
        # One row at a time: the file keeps them apart, and most are passed over.
        picture = pictures[row, : side * _SIDE, : side * _SIDE].astype(np.float32)
        small[place] = picture.reshape(_SIDE, side, _SIDE, side, 3).mean((1, 3)).ravel() / 255
    return small, time


def find_cuts(pictures: npt.NDArray[np.float32], time: Floats, duration: float) -> Floats:
    """Times of sudden changes, in seconds.

    ``pictures`` (n, values) as small as one likes, ``time`` (n,) when each comes on screen. A
    change lies between two pictures: halfway, which matters where few are kept a second.
    """
    cells = np.searchsorted(time, np.arange(0, duration, STEP), side="right") - 1
    gap = float(np.median(np.diff(time))) if len(time) > 1 else STEP
    window = max(round(_WINDOW / STEP), round(gap / STEP))
    if len(cells) <= 2 * window:
        return np.empty(0)
    novelty = _novelty(pictures, cells, window)
    neighbourhood = np.lib.stride_tricks.sliding_window_view(
        np.pad(novelty, window), 2 * window + 1
    )
    peaks = (novelty == neighbourhood.max(1)) & (novelty > _CUT_OVER_MEDIAN * np.median(novelty))
    return np.asarray(np.maximum(np.flatnonzero(peaks) * STEP - gap / 2, 0.0), np.float64)


def _novelty(pictures: npt.NDArray[np.float32], cells: Int64s, window: int) -> Floats:
    """(cells,) how much the mean picture of the next cells differs from that of the last ones."""
    novelty = np.zeros(len(cells))
    last = len(cells) - 2 * window + 1
    for begin in range(0, last, _CELLS_AT_ONCE):
        end = min(begin + _CELLS_AT_ONCE, last)
        part = pictures[cells[begin : end + 2 * window - 1]]
        sums = np.cumsum(np.vstack([np.zeros_like(part[:1]), part]), 0, np.float64)
        means = (sums[window:] - sums[:-window]) / window
        change = np.square(means[window:] - means[:-window]).mean(1)
        novelty[begin + window : end + window] = np.sqrt(change)
    return novelty


def estimate_delay(tokens: Tokens, cuts: Floats, duration: float, seed: int) -> Delay:
    """Fit the model; ``cuts`` in seconds, in order.

    Not found of too few cuts, tokens, or blocks that have any: the interval resamples these.
    """
    blocks = len(np.unique(_blocks(tokens)))
    if len(cuts) < _LEAST_CUTS or len(tokens.time) < _LEAST_TOKENS or blocks < LEAST_CLUSTERS:
        return Delay(False, 0, 0, 0, 0.0, [], len(tokens.time), len(cuts), 0.0)
    fitted = _Mixture(tokens, cuts, duration).fit(BURST, _ROUNDS)
    shifts = duration * np.arange(1, _SHIFTS + 1) / (_SHIFTS + 1)
    shifted = [np.sort((cuts + shift) % duration) for shift in shifts]
    by_chance = max(
        _Mixture(tokens, moved, duration).fit(BURST, _ROUNDS_SHIFTED).likelihood
        for moved in shifted
    )
    gain = fitted.likelihood - by_chance
    low, high = _interval(tokens, cuts, duration, fitted, seed)
    lags = _lags()
    return Delay(
        found=gain > _CLEAR_GAIN and high < LONGEST,
        median_ms=round(fitted.median * MILLISECONDS),
        low_ms=round(low * MILLISECONDS),
        high_ms=round(high * MILLISECONDS),
        spread=round(fitted.spread, 3),
        distribution=[
            (round(lag * MILLISECONDS), round(float(share), 5))
            for lag, share in zip(
                lags, _log_normal(lags, fitted.median, fitted.spread), strict=True
            )
        ],
        words=len(tokens.time),
        cuts=len(cuts),
        gain=round(gain, 4),
    )


@dataclass(frozen=True)
class _Fit:
    median: float
    spread: float
    likelihood: float
    """Mean log-likelihood of a token."""


class _Mixture:
    """The model for given cuts, in cells of STEP seconds.

    Shapes: N tokens, L lags, S shots, T cells, K words.
    """

    def __init__(self, tokens: Tokens, cuts: Floats, duration: float) -> None:
        cells = int(np.ceil(duration / STEP))
        begins = np.unique(np.clip(np.round(cuts / STEP).astype(np.int64), 0, cells - 1))
        starts = np.zeros(cells, np.int64)
        starts[begins[begins > 0]] = 1
        self._shot = np.cumsum(starts)  # (T,)
        shots = int(self._shot[-1]) + 1
        self._length = np.bincount(self._shot, minlength=shots)  # (S,) cells
        first = np.searchsorted(self._shot, np.arange(shots))
        self._since = (np.arange(cells) - first[self._shot] + 0.5) * STEP  # (T,) seconds
        self._lags = _lags()
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
        burst: float,
        rounds: int,
        weight: Floats | None = None,
        start: tuple[float, float] = (1.0, 0.6),
    ) -> _Fit:
        """Expectation-maximisation from ``start``; ``weight`` (N,) counts tokens."""
        weight = np.ones(len(self._word)) if weight is None else weight
        total, cells, shots = weight.sum(), len(self._shot), len(self._length)
        words = len(self._prior)
        median, spread = start
        fading = np.exp(-self._since / burst)
        fading /= np.bincount(self._shot, fading, shots)[self._shot]  # sums to 1 in a shot
        steady_share, burst_share, noise = (
            self._length / cells * 0.7,
            np.full(shots, 0.15 / shots),
            0.15,
        )
        share = self._possible * _log_normal(self._lags, median, spread)
        share /= np.maximum(share.sum(1, keepdims=True), 1e-9)
        log_lags, likelihood = np.log(self._lags), 0.0
        for _ in range(rounds):
            weighted = share * weight[:, None]
            said = np.bincount(self._place.ravel(), weighted.ravel(), shots * words)
            own = np.bincount(self._own.ravel(), weighted.ravel())[self._own]
            # What a token itself adds must not speak for it.
            others = (said[self._place] - own).clip(0) + _PRIOR_TOKENS * self._prior[
                self._word, None
            ]
            all_others = said.reshape(shots, words).sum(1)[self._shot[self._cell]] - own
            theta = others / (all_others.clip(0) + _PRIOR_TOKENS)  # (N, L)
            steady = (steady_share / self._length)[self._shot]
            bursting = burst_share[self._shot] * fading
            rate = steady + bursting  # (T,)
            joint = theta * self._possible * rate[self._cell]
            joint *= _log_normal(self._lags, median, spread)
            unrelated = noise * self._prior[self._word] / cells
            density = joint.sum(1) + unrelated
            likelihood = float((weight * np.log(density)).sum() / total)
            share = joint / density[:, None]
            weighted = share * weight[:, None]
            reacted = np.bincount(self._cell.ravel(), weighted.ravel(), cells)  # (T,)
            steady_share = np.bincount(self._shot, reacted * steady / rate, shots) / total + 1e-9
            burst_share = np.bincount(self._shot, reacted * bursting / rate, shots) / total + 1e-9
            noise = float((weight * unrelated / density).sum() / total)
            of_lag = weighted.sum(0)
            mean = (of_lag * log_lags).sum() / of_lag.sum()
            variance = (of_lag * np.square(log_lags - mean)).sum() / of_lag.sum()
            median, spread = float(np.exp(mean)), max(0.15, float(np.sqrt(variance)))
        return _Fit(median, spread, likelihood)


def _interval(
    tokens: Tokens, cuts: Floats, duration: float, fitted: _Fit, seed: int
) -> tuple[float, float]:
    """95 % of medians over blocks of the video drawn anew, and over lengths of the burst."""
    rng = np.random.default_rng(seed)
    mixture = _Mixture(tokens, cuts, duration)
    distinct, block = np.unique(_blocks(tokens), return_inverse=True)
    medians = []
    for burst in np.linspace(*_BURSTS, _RESAMPLES):
        drawn = rng.integers(len(distinct), size=len(distinct))
        weight = np.bincount(drawn, minlength=len(distinct))[block].astype(np.float64)
        start = fitted.median, fitted.spread
        medians.append(mixture.fit(float(burst), _ROUNDS_AGAIN, weight, start).median)
    low, high = np.quantile(medians, [0.025, 0.975])
    return min(float(low), fitted.median), max(float(high), fitted.median)


def _blocks(tokens: Tokens) -> Int64s:
    """(tokens,) which stretch of ten seconds each is in."""
    return (tokens.time.clip(0) / _BLOCK).astype(np.int64)


def _lags() -> Floats:
    """Delays in seconds, the middle of each cell."""
    return np.asarray((np.arange(round(LONGEST / STEP)) + 0.5) * STEP, np.float64)


def _log_normal(lags: Floats, median: float, spread: float) -> Floats:
    """(L,) probabilities of the cells."""
    density = np.exp(-0.5 * np.square(np.log(lags / median) / spread)) / lags
    return np.asarray(density / density.sum())


def _tells(word: str, part: str) -> bool:
    return len(set(word)) > 1 and not part.endswith((SYMBOL, "助詞", "助動詞"))
