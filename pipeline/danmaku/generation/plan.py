"""When comments appear and what they are about, before they have words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.danmaku.generation.draws import Purpose, each_second, generator
from pipeline.danmaku.rate.model import draw_counts
from pipeline.pictures.frames_file import Frames
from pipeline.runtime.arrays import Int64s
from pipeline.runtime.clock import MILLISECONDS


@dataclass(frozen=True)
class Plan:
    """Comments without words, in order of time."""

    time_ms: Int64s
    """(n,) when they appear."""
    frame: Int64s
    """(n,) what they are about: the frame that was on screen one reaction delay earlier."""
    counts: Int64s
    """(seconds,) how many each second gets."""
    viewers: Int64s
    """(seconds,) how many viewers would write in it, which is a fact the captioner reads."""


def counts_as_expected(
    expected: npt.NDArray[np.float64], dispersion: float, frames: Frames, seed: int
) -> Int64s:
    """(seconds,) what viewers write, drawn about what is ``expected`` (seconds,) of each second."""
    return np.array(
        [
            draw_counts(expected[second : second + 1], dispersion, draws)[0]
            for second, draws in each_second(frames, seed, Purpose.VIEWERS)
        ],
        np.int64,
    )


def counts_as_in(per_second: Sequence[int], frames: Frames, seed: int) -> Int64s:
    """(seconds,) what viewers write: in each as many as in a random one of ``per_second``."""
    streams = each_second(frames, seed, Purpose.VIEWERS)
    return np.array([per_second[int(draws.integers(len(per_second)))] for _, draws in streams])


def plan_comments(
    rate: npt.ArrayLike, viewers: Int64s, frames: Frames, delay_ms: int, seed: int
) -> Plan:
    """Spread comments over seconds: in each ``rate`` (seconds,), fractions rounded at random.

    ``viewers`` (seconds,) would write so many; ``delay_ms`` is the time from what they are about to
    the comments.
    """
    rate = np.broadcast_to(rate, viewers.shape)
    times = [np.empty(0, np.int64)]
    for second, draws in each_second(frames, seed, Purpose.TIME):
        rounding = generator(frames, seed, second, Purpose.COUNT).random()
        count = int(rate[second] + rounding)
        times.append(second * MILLISECONDS + np.sort(draws.integers(0, MILLISECONDS, count)))
    time_ms = np.concatenate(times)
    time_ms = time_ms[time_ms < int(frames.times.duration * MILLISECONDS)]
    counts = np.bincount(time_ms // MILLISECONDS, minlength=len(viewers)).astype(np.int64)
    frame = frames.times.frames_at(time_ms - delay_ms)
    return Plan(time_ms, frame, counts, viewers)
