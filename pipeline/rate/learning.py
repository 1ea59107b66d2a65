"""Learn a rate: Poisson regression with a ridge penalty.

The penalty, and how much the picture may say, are chosen by cross-validation over blocks of
seconds: neighbours look alike and are commented alike. More features are used only where they
help clearly; where nothing does, the rate is a constant.

Each video has a level of its own, its mean, since one is watched more than another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import PoissonRegressor
from sklearn.model_selection import GroupKFold

from pipeline.artifacts.aligned import Aligned
from pipeline.errors import ExitCode, PipelineError
from pipeline.rate.model import RateCard, RateModel
from pipeline.rate.seconds import EPISODE, SCENE, Floats, Seconds
from pipeline.timebase import MILLISECONDS, Int64s

BLOCK_S = 24
_LEAST_BLOCKS = 4  # fewer tell nothing about how others would come out
_FOLDS = 10
_CLEAR = 1.0
"""How many standard errors, over blocks, time must gain over a constant."""
_CLEAR_OF_PICTURES = 2.0
"""The same of pictures over time: blocks of one episode share their places, so that what
holds of them all may hold of no other episode."""
_PENALTIES = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
"""1 / variance that is expected of the effects on a logarithm."""
_EPISODE_SCALE = 0.3  # an episode begins and ends but once: cross-validation can hardly judge
_COMPONENTS = (8, 32)
_PICTURE_SCALES = (0.1, 0.3)


@dataclass(frozen=True)
class Counted:
    """Seconds whose comments were counted, of one video or of several."""

    seconds: Seconds
    count: Floats
    """(n,) comments."""
    weight: Floats
    """(n,) how much each second counts, 0–1."""
    level: Floats
    """(n,) mean count of its video."""
    block: Int64s
    """(n,) which block of seconds it belongs to."""

    @classmethod
    def of(cls, video: Aligned, seconds: Seconds) -> Counted:
        """The seconds of a video whose training comments are complete."""
        count, weight = training_counts(video)
        kept = np.flatnonzero(weight > 0)
        level = np.average(count[kept], weights=weight[kept]) if len(kept) else 0.0
        if not level:
            kept = kept[:0]  # what nobody comments on tells nothing about when people do
        return cls(
            Seconds(*(part[kept] for part in seconds)),
            count[kept].astype(np.float64),
            weight[kept],
            np.full(len(kept), level),
            kept // BLOCK_S,
        )

    @classmethod
    def joined(cls, videos: Sequence[Counted]) -> Counted:
        """Those of several videos."""
        blocks = [video.block.max(initial=-1) + 1 for video in videos]
        firsts = np.cumsum([0, *blocks])
        return cls(
            Seconds(*(np.concatenate(parts) for parts in zip(*(v.seconds for v in videos)))),
            np.concatenate([video.count for video in videos]),
            np.concatenate([video.weight for video in videos]),
            np.concatenate([video.level for video in videos]),
            np.concatenate([v.block + first for v, first in zip(videos, firsts, strict=False)]),
        )


def training_counts(video: Aligned) -> tuple[Int64s, Floats]:
    """(seconds,) comments in each second, and how much it counts.

    A second with held-out comments is left out. Those that have no comments are never held
    out, so they count for as little as is left of the others. A split finer than seconds, as
    split: frames is, leaves hardly a second complete: then all comments of all are used, as it
    holds out what is said and cannot hide how much.
    """
    count = video.per_second()
    clipped = np.clip(video.time_ms // MILLISECONDS, 0, len(count) - 1)
    held_out = np.bincount(clipped[video.dev], minlength=len(count)) > 0
    said, complete = count > 0, (count > 0) & ~held_out
    if video.dev.all():
        return count, np.zeros(len(count))
    if _splits_seconds(video) or not complete.any():
        return count, np.ones(len(count))
    return count, np.where(said, complete, complete.sum() / said.sum())


def _splits_seconds(video: Aligned) -> bool:
    """Whether most seconds with held-out comments have training comments too."""
    seen = (video.time_ms - video.delay_ms).clip(0) // MILLISECONDS
    held_out, trained = np.unique(seen[video.dev]), np.unique(seen[~video.dev])
    return bool(2 * np.isin(held_out, trained).sum() > len(held_out))


@dataclass(frozen=True)
class _Trial:
    """What cross-validation says of one choice; a constant to begin with."""

    uses: tuple[str, ...]
    scales: Floats
    """(f,) what features are multiplied by."""
    penalty: float
    expected: Floats
    """(n,) of each second, by a model that has not seen its block."""
    deviance: Floats
    """(n,) weighted."""


def learn_rate(
    videos: Sequence[Counted], *, tap: str, backbone: str, weights: str, delay_ms: int
) -> RateModel:
    """Learn from the seconds of all videos.

    Raises PipelineError NO_USABLE_COMMENTS if there are none.
    """
    data = Counted.joined(videos)
    if not len(data.count):
        raise PipelineError(
            ExitCode.NO_USABLE_COMMENTS,
            "no comments are left to learn from",
            "Add comments, or change `align: dev_share:`",
        )
    gist = _Gist.of(data.seconds.picture)
    features = np.concatenate(
        [data.seconds.scene, data.seconds.episode, gist.of_pictures(data.seconds.picture)], 1
    )
    constant = _Trial((), np.zeros(features.shape[1]), 1.0, data.level, _deviance(data, data.level))
    chosen = constant
    if len(np.unique(data.block)) >= _LEAST_BLOCKS:
        for uses, choices, errors in _ladder(len(gist.axes)):
            trials = [
                _trial(data, features, uses, scales, penalty)
                for scales, penalty in product(choices, _PENALTIES)
            ]
            best = min(trials, key=lambda trial: trial.deviance.sum())
            if _gain_in_errors(best, chosen, data.block) > errors:
                chosen = best

    effects, bias = _fit(data, features * chosen.scales, chosen.penalty)
    scene, episode, components = np.split(
        effects * chosen.scales, np.cumsum([len(SCENE), len(EPISODE)])
    )
    picture = gist.axes.T @ components
    level = np.average(data.count, weights=data.weight)
    card = RateCard(
        tap,
        backbone,
        weights,
        delay_ms,
        seconds=len(data.count),
        uses=chosen.uses,
        explained=float(1 - chosen.deviance.sum() / max(constant.deviance.sum(), 1e-9)),
        dispersion=_dispersion(data, chosen.expected),
        most=float(level * (data.count / data.level).max()),
    )
    bias += np.log(level) - gist.mean @ picture
    return RateModel(card, picture, scene, episode, float(bias))


@dataclass(frozen=True)
class _Gist:
    """The directions in which pictures differ most, in units of the first one's spread.

    It knows no counts, so it may have seen all pictures that cross-validation leaves out.
    """

    mean: Floats
    """(c,)"""
    axes: Floats
    """(k, c)"""

    @classmethod
    def of(cls, pictures: np.ndarray) -> _Gist:
        """Those of standardised ``pictures`` (n, c), at most as many as are ever used."""
        mean, std = pictures.mean(0, np.float64), pictures.std(0, np.float64)
        std = np.where(std > 0, std, 1)
        axes = PCA(min(max(_COMPONENTS), *pictures.shape), random_state=0)
        axes.fit((pictures - mean) / std)
        spread = np.sqrt(axes.explained_variance_[0]) if len(pictures) > 1 else 0.0
        if not spread > 0:
            return cls(mean, np.empty((0, len(mean))))
        return cls(mean, axes.components_ / std / spread)

    def of_pictures(self, pictures: np.ndarray) -> Floats:
        """(n, k)"""
        return np.asarray((pictures - self.mean) @ self.axes.T)


def _ladder(axes: int) -> Iterator[tuple[tuple[str, ...], list[Floats], float]]:
    """What a model may use, less first: the scales (f,) to be tried, and the gain asked for."""
    time = np.r_[np.ones(len(SCENE)), np.full(len(EPISODE), _EPISODE_SCALE)]
    yield ("scene", "episode"), [np.r_[time, np.zeros(axes)]], _CLEAR
    if axes:
        shown = product(_COMPONENTS, _PICTURE_SCALES)
        scales = [np.r_[time, np.where(np.arange(axes) < k, scale, 0)] for k, scale in shown]
        yield ("scene", "episode", "picture"), scales, _CLEAR_OF_PICTURES


def _trial(
    data: Counted, features: Floats, uses: tuple[str, ...], scales: Floats, penalty: float
) -> _Trial:
    scaled = features * scales
    expected = np.empty(len(data.count))
    folds = GroupKFold(min(_FOLDS, len(np.unique(data.block))))
    for train, test in folds.split(scaled, groups=data.block):
        effects, bias = _fit(data, scaled, penalty, train)
        expected[test] = data.level[test] * np.exp(scaled[test] @ effects + bias)
    return _Trial(uses, scales, penalty, expected, _deviance(data, expected))


def _fit(
    data: Counted, features: Floats, penalty: float, rows: Int64s | slice = slice(None)
) -> tuple[Floats, float]:
    """Effects (f,) and intercept of the logarithm of count / level."""
    weight = data.weight[rows] * data.level[rows]
    regressor = PoissonRegressor(alpha=penalty / weight.sum(), solver="newton-cholesky")
    regressor.fit(features[rows], data.count[rows] / data.level[rows], sample_weight=weight)
    return regressor.coef_, float(regressor.intercept_)


def _deviance(data: Counted, expected: Floats) -> Floats:
    """(n,) Poisson's, weighted."""
    count = data.count
    surprise = np.where(count > 0, count * np.log(np.maximum(count, 1) / expected), 0)
    return np.asarray(2 * data.weight * (surprise - count + expected))


def _gain_in_errors(trial: _Trial, other: _Trial, block: Int64s) -> float:
    """What a trial gains in deviance over another, in standard errors over blocks."""
    gains = np.bincount(block, other.deviance - trial.deviance)[np.unique(block)]
    error = gains.std(ddof=1) / np.sqrt(len(gains))
    return float(gains.mean() / error) if error > 0 else 0.0


def _dispersion(data: Counted, expected: Floats) -> float:
    """By moments: how much counts vary beyond Poisson's distribution."""
    beyond = (data.count - expected) ** 2 - expected
    return float(max(0.0, (data.weight @ beyond) / (data.weight @ expected**2)))
