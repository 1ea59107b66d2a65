"""All randomness of the show: one generator for each purpose of each episode."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from pipeline.show.spec import EpisodeSpec


class Purpose(IntEnum):
    """What a generator is for, so that a change in one leaves the others as they were."""

    LEADS = 0
    SCRIPT = 1
    SCENERY = 2
    MUSIC = 3
    VIEWERS = 4


def generator(spec: EpisodeSpec, purpose: Purpose, part: int = 0) -> np.random.Generator:
    """The generator of one ``purpose`` in one episode; ``part`` counts what is made by parts."""
    return np.random.default_rng([spec.seed, spec.episode, purpose, part])


def season_generator(spec: EpisodeSpec, purpose: Purpose) -> np.random.Generator:
    """The generator of what all episodes of a seed share."""
    return np.random.default_rng([spec.seed, 0, purpose, 0])
