"""What comments should not cover, such as faces, and the offsets at which they cover least of it.

n  offsets that are compared
m  regions
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from pipeline.danmaku.drawing.lanes import Motion
from pipeline.danmaku.drawing.screen import Region
from pipeline.runtime.arrays import Float64s

_ROUNDING = 1e-6  # seconds


class Regions:
    """All regions of a video, in order of their starts."""

    def __init__(self, regions: Iterable[Region] = ()) -> None:
        rows = sorted(regions)
        self._table = np.array(rows, np.float64).reshape(-1, len(Region._fields)).T
        # The latest end so far never falls, so that the first region still there can be searched.
        self._ends = np.maximum.accumulate(self._table[1])

    def __len__(self) -> int:
        return self._table.shape[1]

    def during(self, start: float, end: float) -> Float64s:
        """(6, m) the fields, as rows, of the regions that are there between two times."""
        first = np.searchsorted(self._ends, start, side="right")
        last = np.searchsorted(self._table[0], end, side="left")
        some = self._table[:, first:last]
        return np.asarray(some[:, some[1] > start])

    def covered(self, motion: Motion, tops: Float64s, height: float) -> Float64s:
        """(n,) how much of them a comment covers whose top is at ``tops`` (n,).

        In square pixels of the stage, rounded, times seconds.
        """
        start, end, left, top, right, bottom = self.during(motion.start, motion.end)
        since, until = np.maximum(start, motion.start), np.minimum(end, motion.end)
        # What lies right of an edge and left of x has the width max(0, x − edge). What a comment
        # covers is what lies so of its right end, less what lies so of its left end.
        edges = np.stack((left - motion.width, right - motion.width, left, right))
        near, far, near_before, far_before = _mean_excess(motion, since, until, edges)
        across = (near - far - near_before + far_before) * (until - since)
        down = np.minimum(tops[:, None] + height, bottom) - np.maximum(tops[:, None], top)
        return np.asarray(np.round(np.maximum(down, 0) @ across))


def _mean_excess(motion: Motion, since: Float64s, until: Float64s, edges: Float64s) -> Float64s:
    """(4, m) mean of max(0, x − edge) of a comment's left end x between two times (m,) each."""
    first = motion.x_start - motion.speed * (since - motion.start) - edges
    if not motion.speed:
        return np.asarray(np.maximum(first, 0))
    last = first - motion.speed * np.maximum(until - since, _ROUNDING)
    squares = np.maximum(last, 0) ** 2 - np.maximum(first, 0) ** 2
    return np.asarray(squares / (2 * (last - first)))
