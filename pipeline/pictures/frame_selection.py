"""Selection of distinct pictures: which frames get a picture of their own."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np

from pipeline.media.pixels import Picture
from pipeline.media.source import TimedPicture
from pipeline.runtime.arrays import Float64s

GRID = 14
"""Blocks across and down by which pictures are compared: the positions of stride16 at 224."""

IsDuplicate = Callable[[Picture, Picture], bool]
"""Whether one picture may stand for two."""


class NearDuplicate:
    """Pictures are near-duplicates if no block differs by more than some grey levels on average.

    Blocks, because a mouth that opens changes a thousandth of the picture but all of a block.
    Means, because a held drawing comes back from the encoder with noise on every pixel.
    """

    def __init__(self, size: int, threshold: float) -> None:
        """For pictures of ``size`` pixels; ``threshold`` in grey levels of 255."""
        self._side = math.ceil(size / GRID)
        self._count = math.ceil(size / self._side)
        # The last block of a row or column may be smaller.
        sides = np.full(self._count, self._side)
        sides[-1] -= self._count * self._side - size
        self._values = 3 * np.outer(sides, sides)
        self._threshold = threshold
        padded = self._count * self._side
        # Reused, with zeros as padding: fresh memory would cost more than the sums.
        self._difference = np.zeros((padded, padded, 3), np.uint8)
        self._lower = np.empty((size, size, 3), np.uint8)

    def __call__(self, one: Picture, other: Picture) -> bool:
        """Compare two pictures, (size, size, 3)."""
        return bool(self.changes(one, other).max() <= self._threshold)

    def changes(self, one: Picture, other: Picture) -> Float64s:
        """Mean absolute difference of each block, at most (14, 14), in grey levels."""
        size = len(one)
        # |one − other| of unsigned values is their maximum less their minimum.
        difference = self._difference[:size, :size]
        np.maximum(one, other, out=difference)
        np.subtract(difference, np.minimum(one, other, out=self._lower), out=difference)
        # Columns of blocks first: they sum up to 255 · 74 at most, and narrow integers are fast.
        columns = self._difference.reshape(self._count, self._side, -1).sum(1, dtype=np.uint16)
        sums = columns.reshape(self._count, self._count, -1).sum(2, dtype=np.uint32)
        return np.asarray(sums / self._values)


class FrameSelector:
    """Decides for each frame, in order, whether its picture is kept."""

    def __init__(self, fps: float | None, is_duplicate: IsDuplicate | None) -> None:
        """Keep at most ``fps`` pictures a second, and no duplicates of the last one kept."""
        self._interval = 1 / Fraction(fps).limit_denominator(1001) if fps else Fraction(0)
        self._is_duplicate = is_duplicate
        self._due: Fraction | None = None

    def __call__(self, frame: TimedPicture, last: Picture | None) -> Picture | None:
        """The frame's picture, or None if the frame shares the ``last`` one that was kept."""
        if self._interval and not self._is_due(frame.pts * frame.time_base):
            return None
        if self._is_duplicate and last is not None and self._is_duplicate(frame.pixels, last):
            return None
        return frame.pixels

    def _is_due(self, time: Fraction) -> bool:
        if self._due is not None and time < self._due:
            return False
        # Due times are multiples of the interval: a rate that does not divide the video's loses no
        # pictures.
        self._due = (time // self._interval + 1) * self._interval
        return True
