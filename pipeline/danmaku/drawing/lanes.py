"""Lanes: which comments would collide with a new one, and the first gap between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.runtime.arrays import Float64s

_TOLERANCE = 1e-6  # stage pixels or seconds; less is rounding, not an overlap


@dataclass(frozen=True)
class Motion:
    """Where a comment's left edge is while it is on screen; stage pixels and seconds."""

    start: float
    end: float
    x_start: float
    speed: float
    """Pixels a second to the left; 0 for a fixed comment, negative for one that moves right."""
    width: float

    def x(self, time: float) -> float:
        """The left edge at ``time``."""
        return self.x_start - self.speed * (time - self.start)


class Crowd:
    """The comments that later ones may still collide with, as columns of a table."""

    def __init__(self) -> None:
        self._table = np.empty((len(_COLUMNS), 256))
        self._count = 0

    def first_gap(self, motion: Motion, height: float) -> float:
        """The least distance from the edge at which a box of ``height`` never collides."""
        tops, bottoms = self._met_by(motion)
        return _first_fit(tops, bottoms, height) if len(tops) else 0.0

    def gaps(self, motion: Motion, height: float, room: float) -> Float64s:
        """(n,) distances from the edge at which the box never collides and stays within ``room``.

        It touches another one there, or lies in a lane of boxes of its height; they rise.
        """
        tops, bottoms = self._met_by(motion)
        offsets = np.sort(np.concatenate((lanes(height, room), bottoms)))
        offsets = offsets[offsets + height <= room]
        free = (tops > offsets[:, None] + height - _TOLERANCE) | (
            bottoms < offsets[:, None] + _TOLERANCE
        )
        return offsets[free.all(1)]

    def _met_by(self, motion: Motion) -> tuple[Float64s, Float64s]:
        """Tops and bottoms of those with which a comment would collide at the same height.

        Two comments collide if their boxes overlap while both are on screen. For equal
        durations this is Niconico's rule that two must not cover the right or the left edge of
        the picture at once; for different durations, its rule that trajectories must not cross.
        """
        top, bottom, start, end, x_start, speed, width = self._table[:, : self._count]
        # The time that each shares the screen with the new one.
        both_from = np.maximum(start, motion.start)
        both_to = np.minimum(end, motion.end)
        # By how much its left edge is right of the new one's, at the beginning and the end of
        # that time. In between this changes linearly, so the extremes are at the ends.
        first_offset = x_start - speed * (both_from - start) - motion.x_start
        first_offset += motion.speed * (both_from - motion.start)
        last_offset = first_offset + (motion.speed - speed) * (both_to - both_from)
        collides = (
            (both_to - both_from > _TOLERANCE)
            & (np.minimum(first_offset, last_offset) < motion.width - _TOLERANCE)
            & (np.maximum(first_offset, last_offset) > _TOLERANCE - width)
        )
        return top[collides], bottom[collides]

    def max_during(self, motion: Motion) -> int:
        """How many are on screen at once, at most, while ``motion`` is."""
        starts, ends = (self._table[_COLUMNS.index(name), : self._count] for name in _TIMES)
        meets = (starts < motion.end) & (ends > motion.start)
        starts, ends = np.sort(starts[meets]), np.sort(ends[meets])
        # The count is highest when one of them has just come, or at the very start.
        moments = np.append(starts, motion.start)
        started = np.searchsorted(starts, moments, side="right")
        return int((started - np.searchsorted(ends, moments, side="right")).max())

    def add(self, motion: Motion, top: float, height: float, *, forget_before: float) -> None:
        """Add a comment; those that end before ``forget_before`` may be dropped."""
        # The table is full: drop those, and double it unless that has made room.
        if self._count == self._table.shape[1]:
            kept = self._table[:, self._table[_COLUMNS.index("end")] > forget_before]
            self._table = np.empty((len(_COLUMNS), max(256, 2 * kept.shape[1])))
            self._count = kept.shape[1]
            self._table[:, : self._count] = kept
        row = (top, top + height, motion.start, motion.end)
        self._table[:, self._count] = (*row, motion.x_start, motion.speed, motion.width)
        self._count += 1


def lanes(height: float, room: float) -> Float64s:
    """(n,) the offsets of boxes of ``height`` that lie one below the other, within ``room``."""
    return np.arange(max(1, (room + _TOLERANCE) // height)) * np.float64(height)


_TIMES = ("start", "end")
_COLUMNS = ("top", "bottom", "start", "end", "x_start", "speed", "width")


def _first_fit(tops: Float64s, bottoms: Float64s, height: float) -> float:
    """The least y ≥ 0 at which ``height`` fits between the spans, or below them all."""
    # Sorted by top, a gap reaches from the lowest bottom so far to the next top.
    order = np.argsort(tops)
    gap_starts = np.maximum.accumulate(np.concatenate(([0.0], bottoms[order])))
    gap_ends = np.append(tops[order], np.inf)
    fits = gap_ends - gap_starts > height - _TOLERANCE
    return float(gap_starts[np.argmax(fits)])
