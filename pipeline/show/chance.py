"""The show's random number generators: one for each purpose of each episode."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from pipeline.show.spec import EpisodeSpec


class Purpose(IntEnum):
    """The purposes of generators: a change in what one draws does not affect the others."""

    LEADS = 0
    SCRIPT = 1
    SCENERY = 2
    MUSIC = 3
    VIEWERS = 4
    ALBUM = 5
    ALBUM_SCENERY = 6
    JOKES = 7
    ALBUM_SHOTS = 8


def generator(spec: EpisodeSpec, purpose: Purpose, part: int = 0) -> np.random.Generator:
    """The generator of one ``purpose`` in one episode; ``part`` numbers parts of the work."""
    return np.random.default_rng([spec.seed, spec.episode, purpose, part])


def season_generator(seed: int, purpose: Purpose, part: int = 0) -> np.random.Generator:
    """The generator of what belongs to no episode of the season with this seed."""
    return np.random.default_rng([seed, 0, purpose, part])
