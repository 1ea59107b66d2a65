"""Which features a rate uses, and how strongly they are penalised.

Both are chosen by cross-validation over blocks of seconds. A larger set of features is used only
where it is clearly better than a smaller one; where none is, the rate is a constant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from sklearn.model_selection import GroupKFold

from pipeline.danmaku.rate.counts import CountedSeconds
from pipeline.danmaku.rate.poisson import deviance, fit_poisson
from pipeline.danmaku.rate.seconds import EPISODE, SCENE
from pipeline.runtime.arrays import Float64s
from pipeline.runtime.sample_size import MIN_CLUSTERS, ROUNDING, is_constant

COMPONENTS = (8, 32)
"""How many components of the picture are tried."""

_MIN_BLOCKS = 4  # fewer say too little about how others would have come out
_FOLDS = 10
_PENALTIES = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
"""1 / variance that is expected of effects on the logarithm of the rate."""
_EPISODE_SCALE = 0.3
"""Makes the penalty tenfold: an episode starts and ends only once, so little can be checked."""
_PICTURE_SCALES = (0.1, 0.3)
_CLEAR = 1.0
"""Standard errors, over blocks, by which time features must beat a constant."""
_CLEAR_OF_PICTURES = 2.0
"""The same for pictures. The blocks of one episode show the same places, so what holds for all of
them may not hold for any other episode."""


@dataclass(frozen=True)
class Trial:
    """One choice of features and penalty, and how it does on seconds it has not seen."""

    groups: tuple[str, ...]
    """Of ``scene``, ``episode`` and ``picture``."""
    scales: Float64s
    """(f,) what features are multiplied by; 0 leaves one out."""
    penalty: float
    expected: Float64s
    """(n,) comments of each second, by a model that has not seen its block."""
    deviance: Float64s
    """(n,) weighted Poisson deviance."""


def constant_rate(data: CountedSeconds, features: int) -> Trial:
    """The trial that uses none of the features: the mean count of each video."""
    return Trial((), np.zeros(features), 1.0, data.level, deviance(data, data.level))


def select(data: CountedSeconds, features: Float64s, constant: Trial) -> Trial:
    """The best trial among those that use no more of ``features`` (n, f) than clearly helps."""
    chosen = constant
    if len(np.unique(data.block)) < _MIN_BLOCKS:
        return chosen
    for groups, choices, errors in _ladder(features.shape[1]):
        trials = [
            _cross_validate(data, features, groups, scales, penalty)
            for scales, penalty in product(choices, _PENALTIES)
        ]
        best = min(trials, key=lambda trial: float(trial.deviance.sum()))
        if _gain_in_errors(best, chosen, data) > errors:
            chosen = best
    return chosen


def deviance_explained(trial: Trial, constant: Trial, data: CountedSeconds) -> float | None:
    """The share of the constant rate's deviance that a trial explains; 0 for the constant rate.

    None where there are too few blocks to tell.
    """
    if not trial.groups:
        return 0.0
    if len(np.unique(data.block)) < MIN_CLUSTERS:
        return None
    return float(1 - trial.deviance.sum() / constant.deviance.sum())


def _ladder(features: int) -> Iterator[tuple[tuple[str, ...], list[Float64s], float]]:
    """Groups of features, the smallest first; the scales (f,) to try, and the gain required."""
    time = np.r_[np.ones(len(SCENE)), np.full(len(EPISODE), _EPISODE_SCALE)]
    axis = np.arange(features - len(time))
    yield ("scene", "episode"), [np.r_[time, 0 * axis]], _CLEAR
    choices = product(COMPONENTS, _PICTURE_SCALES)
    scales = [np.r_[time, np.where(axis < count, scale, 0)] for count, scale in choices]
    yield ("scene", "episode", "picture"), scales, _CLEAR_OF_PICTURES


def _cross_validate(
    data: CountedSeconds,
    features: Float64s,
    groups: tuple[str, ...],
    scales: Float64s,
    penalty: float,
) -> Trial:
    scaled = features * scales
    expected = np.empty(len(data.count))
    folds = GroupKFold(min(_FOLDS, len(np.unique(data.block))))
    for train, test in folds.split(scaled, groups=data.block):
        effects, bias = fit_poisson(data, scaled, penalty, train)
        expected[test] = data.level[test] * np.exp(scaled[test] @ effects + bias)
    return Trial(groups, scales, penalty, expected, deviance(data, expected))


def _gain_in_errors(trial: Trial, other: Trial, data: CountedSeconds) -> float:
    """How much less deviance a trial has than another, in standard errors over blocks.

    0 where the gain is only rounding in the sums over comments, as where every second has
    equally many.
    """
    gains = np.bincount(data.block, other.deviance - trial.deviance)
    comments = np.bincount(data.block, data.weight * data.count)
    if gains.mean() <= ROUNDING * comments.mean() or is_constant(gains):
        return 0.0
    return float(gains.mean() / (gains.std(ddof=1) / np.sqrt(len(gains))))
