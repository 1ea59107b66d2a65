"""The times of a source's frames: integer presentation times, their unit, and lookups."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from pipeline.runtime.arrays import Bools, Float64s, Int64s
from pipeline.runtime.clock import MILLISECONDS


@dataclass(frozen=True)
class FrameTimes:
    """When each frame of a source begins, and when the last one ends."""

    pts: Int64s
    """(frames,) strictly increasing, in units of ``time_base``, 0 at the source's start."""
    time_base: Fraction
    """Seconds in one unit of ``pts``."""
    end: int
    """The end of the last frame, in the same unit."""

    def seconds(self, frame: int) -> Fraction:
        """When ``frame`` begins, in seconds."""
        return int(self.pts[frame]) * self.time_base

    def middle(self, frame: int) -> Fraction:
        """The middle of the time of ``frame``, in seconds: rounding leads to no neighbour."""
        following = int(self.pts[frame + 1]) if frame + 1 < len(self.pts) else self.end
        return (int(self.pts[frame]) + following) * self.time_base / 2

    def milliseconds(self, frames: Int64s) -> Float64s:
        """When each of ``frames`` (n,) begins. Returns (n,), to the precision of a float."""
        return np.asarray(self.pts[frames] * float(self.time_base * MILLISECONDS), np.float64)

    @property
    def duration(self) -> Fraction:
        """Seconds from the source's start to the end of the last frame."""
        return self.end * self.time_base

    def frames_at(self, times_ms: Int64s) -> Int64s:
        """The frame on screen at each time; the first for earlier, the last for later times.

        ``times_ms`` (n,) milliseconds. Returns (n,) frame numbers.
        """
        # In integers, pts · base <= ms / 1000 is pts · numerator · 1000 <= ms · denominator.
        starts = self.pts * (self.time_base.numerator * MILLISECONDS)
        frames = np.searchsorted(starts, times_ms * self.time_base.denominator, side="right") - 1
        return np.clip(frames, 0, len(self.pts) - 1).astype(np.int64)

    def past_end(self, times_ms: Int64s) -> Bools:
        """Whether each time lies at or after the end of the last frame. Returns (n,)."""
        limit = self.end * self.time_base.numerator * MILLISECONDS
        return np.asarray(times_ms * self.time_base.denominator >= limit)

    def inside(self, times_ms: Int64s) -> Bools:
        """Whether each time lies neither before the start nor past the end. Returns (n,)."""
        return (times_ms >= 0) & ~self.past_end(times_ms)

    @property
    def second_count(self) -> int:
        """Seconds that the video has, the last one perhaps short; at least one."""
        return max(1, -(-int(self.duration * MILLISECONDS) // MILLISECONDS))

    def seconds_of(self, times_ms: Int64s) -> Int64s:
        """The second that each time is in; the first for earlier, the last for later times.

        ``times_ms`` (n,) milliseconds. Returns (n,).
        """
        return np.clip(times_ms // MILLISECONDS, 0, self.second_count - 1)


def frame_rate(fps: float) -> Fraction:
    """``fps`` as an exact rate: 23.976, 29.97 and 59.94 mean 24000/1001, 30000/1001, 60000/1001."""
    ntsc = Fraction(round(fps * 1.001) * 1000, 1001)
    return ntsc if abs(ntsc - Fraction(fps)) < Fraction(1, 200) else Fraction(str(fps))
