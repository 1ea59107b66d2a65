"""Random numbers of generation: every draw is keyed by (seed, video, second, purpose).

So redoing one scene, or a longer cut of a video, leaves the draws of other seconds as they were.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

import numpy as np

from pipeline.pictures.frames_file import Frames


class Purpose(IntEnum):
    """What a stream of random numbers decides."""

    VIEWERS = 0
    """How many comments viewers would write."""
    COUNT = 1
    """Whether a fraction of a comment becomes one."""
    TIME = 2
    WORDS = 3


def generator(
    frames: Frames, seed: int, second: int, purpose: Purpose, *further: int
) -> np.random.Generator:
    """The stream of one second and purpose, such as (``further``) an attempt."""
    key = [seed, int(frames.fingerprint, 16), second, int(purpose), *further]
    return np.random.default_rng(key)


def each_second(
    frames: Frames, seed: int, purpose: Purpose
) -> Iterator[tuple[int, np.random.Generator]]:
    """Every second of the video, and its stream."""
    seconds = range(frames.times.second_count)
    return ((second, generator(frames, seed, second, purpose)) for second in seconds)
