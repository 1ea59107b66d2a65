"""Free room on the stage: which comments would touch, and the first gap between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.runtime.arrays import Float64s

_TOUCH = 1e-6  # stage pixels or seconds; less is rounding, not an overlap


@dataclass(frozen=True)
class Motion:
    """Where a comment's left edge is while it is on screen; stage pixels and seconds."""

    start: float
    end: float
    x_start: float
    speed: float
    """Pixels a second towards the left; 0 for a fixed comment, below it for one that goes right."""
    width: float

    def x(self, time: float) -> float:
        """The left edge at ``time``."""
        return self.x_start - self.speed * (time - self.start)


class Crowd:
    """The comments of one place that later ones may still meet, as columns of one table."""

    def __init__(self) -> None:
        self._table = np.empty((len(_COLUMNS), 256))
        self._count = 0

    def first_gap(self, motion: Motion, height: float) -> float:
        """The least distance from the edge at which nothing would ever be touched.

        Two comments touch when their boxes overlap while both are on screen. For equal
        durations that is Niconico's rule that both must not cover the right or the left
        edge at once, with the picture's edges as the edges; for different durations it
        is its rule that trajectories must not cross.
        """
        top, bottom, start, end, x_start, speed, width = self._table[:, : self._count]
        both_from = np.maximum(start, motion.start)
        both_to = np.minimum(end, motion.end)
        ahead_first = x_start - speed * (both_from - start) - motion.x_start
        ahead_first += motion.speed * (both_from - motion.start)
        ahead_last = ahead_first + (motion.speed - speed) * (both_to - both_from)
        touching = (
            (both_to - both_from > _TOUCH)
            & (np.minimum(ahead_first, ahead_last) < motion.width - _TOUCH)
            & (np.maximum(ahead_first, ahead_last) > _TOUCH - width)
        )
        if not touching.any():
            return 0.0
        return _first_fit(top[touching], bottom[touching], height)

    def max_during(self, motion: Motion) -> int:
        """How many are on screen at once, at most, while ``motion`` is."""
        starts, ends = (self._table[_COLUMNS.index(name), : self._count] for name in _TIMES)
        beside = (starts < motion.end) & (ends > motion.start)
        starts, ends = np.sort(starts[beside]), np.sort(ends[beside])
        # The most are there when one of them has just come, or at the very start.
        moments = np.append(starts, motion.start)
        come = np.searchsorted(starts, moments, side="right")
        return int((come - np.searchsorted(ends, moments, side="right")).max())

    def add(self, motion: Motion, top: float, height: float, *, forget_before: float) -> None:
        """Remember a comment; those that end before ``forget_before`` may be dropped."""
        if self._count == self._table.shape[1]:
            kept = self._table[:, self._table[_COLUMNS.index("end")] > forget_before]
            self._table = np.empty((len(_COLUMNS), max(256, 2 * kept.shape[1])))
            self._count = kept.shape[1]
            self._table[:, : self._count] = kept
        row = (top, top + height, motion.start, motion.end)
        self._table[:, self._count] = (*row, motion.x_start, motion.speed, motion.width)
        self._count += 1


_TIMES = ("start", "end")
_COLUMNS = ("top", "bottom", "start", "end", "x_start", "speed", "width")


def _first_fit(tops: Float64s, bottoms: Float64s, height: float) -> float:
    """The least y ≥ 0 at which ``height`` fits between the spans, or below them all."""
    order = np.argsort(tops)
    gap_starts = np.maximum.accumulate(np.concatenate(([0.0], bottoms[order])))
    gap_ends = np.append(tops[order], np.inf)
    fits = gap_ends - gap_starts > height - _TOUCH
    return float(gap_starts[np.argmax(fits)])
