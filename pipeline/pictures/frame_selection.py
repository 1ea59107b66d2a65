"""Which frames bring a picture of their own."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np

from pipeline.media.pixels import Picture
from pipeline.media.source import TimedPicture
from pipeline.runtime.arrays import Float64s

GRID = 14
"""Blocks across and down that pictures are compared by: the positions of conv5_3 at 224."""

Alike = Callable[[Picture, Picture], bool]
"""Whether two pictures may share one."""


class Near:
    """Alike if no block of the picture has changed by more than some grey levels on average.

    Blocks, because a mouth that opens changes a thousandth of the picture, and all of one block;
    means, because a held drawing comes back from the encoder with noise on every pixel.
    """

    def __init__(self, size: int, threshold: float) -> None:
        """For pictures of ``size`` pixels; ``threshold`` in grey levels of 255."""
        self._side = math.ceil(size / GRID)
        self._count = math.ceil(size / self._side)
        filled = np.full(self._count, self._side)
        filled[-1] -= self._count * self._side - size
        self._values = 3 * np.outer(filled, filled)
        self._threshold = threshold
        padded = self._count * self._side
        # Kept, and its padding kept at zero: fresh memory would cost more than the sums.
        self._difference = np.zeros((padded, padded, 3), np.uint8)
        self._lower = np.empty((size, size, 3), np.uint8)

    def __call__(self, one: Picture, other: Picture) -> bool:
        """Compare two pictures, (size, size, 3)."""
        return bool(self.changes(one, other).max() <= self._threshold)

    def changes(self, one: Picture, other: Picture) -> Float64s:
        """Mean absolute difference of each block, at most (14, 14), in grey levels."""
        size = len(one)
        difference = self._difference[:size, :size]
        np.maximum(one, other, out=difference)
        np.subtract(difference, np.minimum(one, other, out=self._lower), out=difference)
        # A column of a block sums up to 255 · 74 at most, and narrow integers are faster.
        columns = self._difference.reshape(self._count, self._side, -1).sum(1, dtype=np.uint16)
        sums = columns.reshape(self._count, self._count, -1).sum(2, dtype=np.uint32)
        return np.asarray(sums / self._values)


class FrameSelector:
    """Says of each frame, in order, whether its picture is new."""

    def __init__(self, fps: float | None, alike: Alike | None) -> None:
        """``fps``: pictures a second at most; frames ``alike`` the last picture share it."""
        self._interval = 1 / Fraction(fps).limit_denominator(1001) if fps else Fraction(0)
        self._alike = alike
        self._due: Fraction | None = None

    def __call__(self, frame: TimedPicture, last: Picture | None) -> Picture | None:
        """Return the frame's picture, or None where it shares the ``last`` one kept."""
        if self._interval and not self._is_due(frame.pts * frame.time_base):
            return None
        if self._alike and last is not None and self._alike(frame.pixels, last):
            return None
        return frame.pixels

    def _is_due(self, time: Fraction) -> bool:
        if self._due is not None and time < self._due:
            return False
        # From grid point to grid point, so that a rate that does not divide loses nothing.
        self._due = (time // self._interval + 1) * self._interval
        return True
