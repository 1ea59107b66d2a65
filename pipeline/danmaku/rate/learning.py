"""Learn a rate of comments from the seconds of training videos."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from threadpoolctl import threadpool_limits

from pipeline.danmaku.rate.counts import CountedSeconds
from pipeline.danmaku.rate.model import RateCard, RateModel
from pipeline.danmaku.rate.poisson import dispersion, fit_poisson
from pipeline.danmaku.rate.seconds import EPISODE, SCENE
from pipeline.danmaku.rate.selection import (
    COMPONENTS,
    Trial,
    constant_rate,
    deviance_explained,
    select,
)
from pipeline.learning.heads.components import Components
from pipeline.runtime.arrays import Float64s
from pipeline.runtime.errors import ExitCode, PipelineError


def learn_rate(
    videos: Sequence[CountedSeconds], *, tap: str, backbone: str, weights: str, delay_ms: int
) -> RateModel:
    """Learn from the seconds of all videos; the other arguments go to the model's card.

    Raises PipelineError NOTHING_USABLE if there are none.
    """
    data = CountedSeconds.concatenate(videos)
    if not len(data.count):
        raise PipelineError(
            ExitCode.NOTHING_USABLE,
            "no comments are left to learn from",
            "Add comments, or change `align: held_out: share:`",
        )
    # The matrices are small. On a busy machine, threads waiting for each other would turn two
    # seconds of work into three minutes.
    with threadpool_limits(1):
        components = Components.fit(data.seconds.picture, max(COMPONENTS))
        projected = components.project(data.seconds.picture)
        features = np.concatenate([data.seconds.scene, data.seconds.episode, projected], 1)
        constant = constant_rate(data, features.shape[1])
        chosen = select(data, features, constant)
        effects, bias = _effects(data, features, chosen)
    scene, episode, by_component = np.split(effects, np.cumsum([len(SCENE), len(EPISODE)]))
    # The model takes features as they are, so scaling, centring and projecting go into its
    # weights and bias.
    picture = by_component @ components.axes
    level = np.average(data.count, weights=data.weight)
    card = RateCard(
        tap=tap,
        backbone=backbone,
        weights=weights,
        delay_ms=delay_ms,
        seconds=len(data.count),
        groups=chosen.groups,
        deviance_explained=deviance_explained(chosen, constant, data),
        dispersion=dispersion(data, chosen.expected),
        max_per_second=float(level * np.max(data.count / data.level)),
    )
    bias += float(np.log(level) - components.mean @ picture)
    return RateModel(card, picture, scene, episode, bias)


def _effects(data: CountedSeconds, features: Float64s, chosen: Trial) -> tuple[Float64s, float]:
    """The effects (f,) of unscaled features by the chosen trial, fitted to all seconds."""
    if not chosen.groups:
        return np.zeros(features.shape[1]), 0.0
    effects, bias = fit_poisson(data, features * chosen.scales, chosen.penalty)
    return effects * chosen.scales, bias
