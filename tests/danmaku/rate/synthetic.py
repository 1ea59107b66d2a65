"""Synthetic seconds with random features, and videos to count comments of."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from pipeline.danmaku.alignment.aligned_file import Aligned
from pipeline.danmaku.rate.counts import CountedSeconds
from pipeline.danmaku.rate.learning import learn_rate
from pipeline.danmaku.rate.model import RateModel
from pipeline.danmaku.rate.seconds import EPISODE, SCENE, Seconds
from pipeline.media.frame_times import FrameTimes
from pipeline.pictures.frames_file import Frames
from pipeline.runtime.arrays import Float32s, Int64s
from tests.aligned import aligned

CHANNELS = 6
FPS = 4


def frames(seconds: float, cuts: tuple[int, ...] = ()) -> Frames:
    """Every frame, a quarter of a second, is a picture of its own."""
    count = round(seconds * FPS)
    times = FrameTimes(np.arange(count), Fraction(1, FPS), count)
    return Frames(times, np.arange(count), "0123", np.array(cuts, np.int64))


def pictures(seconds: float, seed: int = 0) -> npt.NDArray[np.float16]:
    """Means that differ from one second to the next."""
    draws = np.random.default_rng(seed).normal(size=(round(seconds), CHANNELS))
    return np.repeat(draws, FPS, axis=0).astype(np.float16)


def known(count: int, seed: int = 0) -> Seconds:
    """Seconds with random features."""
    draws = np.random.default_rng(seed)
    return Seconds(
        draws.normal(size=(count, CHANNELS)).astype(np.float32),
        draws.random((count, len(SCENE))),
        draws.random((count, len(EPISODE))),
    )


def counted(seconds: Seconds, count: npt.NDArray[np.integer]) -> CountedSeconds:
    n = len(count)
    level = np.full(n, count.mean())
    return CountedSeconds(seconds, count.astype(float), np.ones(n), level, _blocks(n))


def _blocks(count: int) -> Int64s:
    return np.arange(count, dtype=np.int64) // 24


def learned(*videos: CountedSeconds) -> RateModel:
    return learn_rate(videos, tap="grid", backbone="tiny", weights="w", delay_ms=0)


def without_comments(seconds: int) -> Aligned:
    video = aligned([0], duration_ms=1000 * seconds)
    parts = {name: getattr(video, name)[:0] for name in ("line", "time_ms", "frame", "picture")}
    return replace(video, **parts, dev=video.dev[:0], words=[], commands=[])


def nearly_constant(count: int = 480) -> Float32s:
    """Pictures whose channels differ by rounding only."""
    noise = np.random.default_rng(2).standard_normal((count, CHANNELS))
    return (3 + 3e-7 * noise).astype(np.float32)
