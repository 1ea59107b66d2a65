"""Learn a rate: Poisson regression with a ridge penalty.

The penalty, and how much the picture may say, are chosen by cross-validation over blocks of
seconds. More features are used only where they help clearly; where nothing does, the rate is a
constant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import PoissonRegressor
from sklearn.model_selection import GroupKFold
from threadpoolctl import threadpool_limits

from pipeline.danmaku.rate.counts import Counted
from pipeline.danmaku.rate.model import RateCard, RateModel
from pipeline.danmaku.rate.seconds import EPISODE, SCENE
from pipeline.runtime.arrays import Float32s, Float64s, Int64s
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.sample_size import MIN_CLUSTERS, ROUNDING, ROUNDING_32, is_constant

_LEAST_BLOCKS = 4  # fewer say too little about how others would come out
_FOLDS = 10
_PENALTIES = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
"""1 / variance that is expected of effects on the logarithm of the rate."""
_EPISODE_SCALE = 0.3
"""Makes the penalty tenfold: an episode begins and ends but once, so little can be checked."""
_COMPONENTS = (8, 32)
_PICTURE_SCALES = (0.1, 0.3)
_CLEAR = 1.0
"""Standard errors, over blocks, by which time must do better than a constant."""
_CLEAR_OF_PICTURES = 2.0
"""The same of pictures: blocks of one episode share their places, so that what holds of them
all may hold of no other episode."""


@dataclass(frozen=True)
class _Trial:
    """One choice, and how it does on seconds it has not seen."""

    uses: tuple[str, ...]
    scales: Float64s
    """(f,) what features are multiplied by."""
    penalty: float
    expected: Float64s
    """(n,) comments of each second, by a model that has not seen its block."""
    deviance: Float64s
    """(n,) Poisson's, weighted."""


def learn_rate(
    videos: Sequence[Counted], *, tap: str, backbone: str, weights: str, delay_ms: int
) -> RateModel:
    """Learn from the seconds of all videos; the rest is for the model's card.

    Raises PipelineError NO_USABLE_COMMENTS if there are none.
    """
    data = Counted.joined(videos)
    if not len(data.count):
        raise PipelineError(
            ExitCode.NO_USABLE_COMMENTS,
            "no comments are left to learn from",
            "Add comments, or change `align: held_out: share:`",
        )
    # The products are small: on a busy machine, threads that wait for one another make two
    # seconds of work three minutes.
    with threadpool_limits(1):
        gist = _Gist.of(data.seconds.picture)
        components = gist.of_pictures(data.seconds.picture)
        features = np.concatenate([data.seconds.scene, data.seconds.episode, components], 1)
        constant = _constant(data, features.shape[1])
        chosen = _choose(data, features, constant)
        effects, bias = np.zeros(features.shape[1]), 0.0
        if chosen.uses:
            effects, bias = _fit(data, features * chosen.scales, chosen.penalty)
    scene, episode, components = np.split(
        effects * chosen.scales, np.cumsum([len(SCENE), len(EPISODE)])
    )
    picture = components @ gist.axes
    level = np.average(data.count, weights=data.weight)
    card = RateCard(
        tap=tap,
        backbone=backbone,
        weights=weights,
        delay_ms=delay_ms,
        seconds=len(data.count),
        uses=chosen.uses,
        explained=_explained(chosen, constant, data.block),
        dispersion=_dispersion(data, chosen.expected),
        most=float(level * np.max(data.count / data.level)),
    )
    bias += float(np.log(level) - gist.mean @ picture)
    return RateModel(card, picture, scene, episode, bias)


@dataclass(frozen=True)
class _Gist:
    """The directions in which pictures differ most, in units of the first one's spread.

    It knows no counts, so it may have seen what cross-validation leaves out.
    """

    mean: Float64s
    """(c,)"""
    axes: Float64s
    """(k, c)"""

    @classmethod
    def of(cls, pictures: Float32s) -> _Gist:
        """Those of standardised ``pictures`` (n, c), at most as many as are ever used."""
        mean, std = pictures.mean(0, np.float64), pictures.std(0, np.float64)
        constant = is_constant(pictures, 0, ROUNDING_32)
        if constant.all():
            return cls(mean, np.empty((0, len(mean))))
        std = np.where(constant, 1, std)
        pca = PCA(min(max(_COMPONENTS), *pictures.shape), random_state=0)
        spread = np.std(pca.fit_transform((pictures - mean) / std), axis=0)
        useful = spread > 1e-6 * spread[0]
        return cls(mean, pca.components_[useful] / std / spread[0])

    def of_pictures(self, pictures: Float32s) -> Float64s:
        """Components (n, k)."""
        return np.asarray((pictures - self.mean) @ self.axes.T)


def _constant(data: Counted, features: int) -> _Trial:
    return _Trial((), np.zeros(features), 1.0, data.level, _deviance(data, data.level))


def _choose(data: Counted, features: Float64s, constant: _Trial) -> _Trial:
    """The best trial of those that use no more than is clearly useful."""
    chosen = constant
    if len(np.unique(data.block)) < _LEAST_BLOCKS:
        return chosen
    for uses, choices, errors in _ladder(features.shape[1]):
        trials = [
            _trial(data, features, uses, scales, penalty)
            for scales, penalty in product(choices, _PENALTIES)
        ]
        best = min(trials, key=lambda trial: float(trial.deviance.sum()))
        if _gain_in_errors(best, chosen, data) > errors:
            chosen = best
    return chosen


def _ladder(features: int) -> Iterator[tuple[tuple[str, ...], list[Float64s], float]]:
    """What a model may use, less first: the scales (f,) to be tried, and the gain asked for."""
    time = np.r_[np.ones(len(SCENE)), np.full(len(EPISODE), _EPISODE_SCALE)]
    axis = np.arange(features - len(time))
    yield ("scene", "episode"), [np.r_[time, 0 * axis]], _CLEAR
    shown = product(_COMPONENTS, _PICTURE_SCALES)
    scales = [np.r_[time, np.where(axis < count, scale, 0)] for count, scale in shown]
    yield ("scene", "episode", "picture"), scales, _CLEAR_OF_PICTURES


def _trial(
    data: Counted, features: Float64s, uses: tuple[str, ...], scales: Float64s, penalty: float
) -> _Trial:
    scaled = features * scales
    expected = np.empty(len(data.count))
    folds = GroupKFold(min(_FOLDS, len(np.unique(data.block))))
    for train, test in folds.split(scaled, groups=data.block):
        effects, bias = _fit(data, scaled, penalty, train)
        expected[test] = data.level[test] * np.exp(scaled[test] @ effects + bias)
    return _Trial(uses, scales, penalty, expected, _deviance(data, expected))


def _fit(
    data: Counted, features: Float64s, penalty: float, rows: Int64s | slice = slice(None)
) -> tuple[Float64s, float]:
    """Effects (f,) on the logarithm of count / level, and its intercept."""
    weight = data.weight[rows] * data.level[rows]
    regressor = PoissonRegressor(alpha=penalty / weight.sum(), solver="newton-cholesky")
    regressor.fit(features[rows], data.count[rows] / data.level[rows], sample_weight=weight)
    return regressor.coef_, float(regressor.intercept_)


def _deviance(data: Counted, expected: Float64s) -> Float64s:
    """(n,) Poisson's, weighted."""
    count = data.count
    surprise = count * np.log(np.maximum(count, 1) / expected)  # 0 where there is no comment
    return np.asarray(2 * data.weight * (surprise - count + expected))


def _gain_in_errors(trial: _Trial, other: _Trial, data: Counted) -> float:
    """What a trial gains in deviance over another, in standard errors over blocks.

    Nothing where the gain is but rounding of the comments that deviance is summed over, as
    where every second gets as many.
    """
    gains = np.bincount(data.block, other.deviance - trial.deviance)
    comments = np.bincount(data.block, data.weight * data.count)
    if gains.mean() <= ROUNDING * comments.mean() or is_constant(gains):
        return 0.0
    return float(gains.mean() / (gains.std(ddof=1) / np.sqrt(len(gains))))


def _explained(trial: _Trial, constant: _Trial, block: Int64s) -> float | None:
    """A gain, so of more deviance than rounding makes; none, for certain, of a constant."""
    if not trial.uses:
        return 0.0
    if len(np.unique(block)) < MIN_CLUSTERS:
        return None
    return float(1 - trial.deviance.sum() / constant.deviance.sum())


def _dispersion(data: Counted, expected: Float64s) -> float:
    """How much counts vary beyond Poisson's distribution, by moments."""
    beyond = (data.count - expected) ** 2 - expected
    return max(0.0, float(data.weight @ beyond) / float(data.weight @ expected**2))
