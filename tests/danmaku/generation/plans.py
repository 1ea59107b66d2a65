"""Short videos, and plans of comments on them."""

from fractions import Fraction

import numpy as np

from pipeline.danmaku.generation.plan import Plan, counts_as_in, plan_comments
from pipeline.media.frame_times import FrameTimes
from pipeline.pictures.frames_file import Frames
from pipeline.runtime.arrays import Int64s

RATE = 5  # frames a second, which all show one picture
PER_SECOND = [0, 1, 2, 5]
SEED = 7


def video(seconds: float, fingerprint: str = "00ff") -> Frames:
    number = np.arange(round(seconds * RATE), dtype=np.int64)
    times = FrameTimes(number, Fraction(1, RATE), len(number))
    return Frames(times, number // RATE, fingerprint, number[:0])


def counts(frames: Frames, seed: int = SEED) -> Int64s:
    """Two a second on the average."""
    return counts_as_in(PER_SECOND, frames, seed)


def plan(frames: Frames, rate: float = 1, delay_ms: int = 0, seed: int = SEED) -> Plan:
    viewers = counts(frames, seed)
    return plan_comments(rate * viewers, viewers, frames, delay_ms, seed)


def plan_each(frames: Frames, each: float, delay_ms: int = 0) -> Plan:
    """As many in every second, whatever viewers would write."""
    viewers = np.arange(int(np.ceil(float(frames.times.duration)))) % 10
    return plan_comments(each, viewers, frames, delay_ms, SEED)


def times(plan: Plan) -> list[int]:
    return [*map(int, plan.time_ms)]
