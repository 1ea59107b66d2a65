"""Which frames bring a picture of their own."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from pipeline.media.decode import Picture, TimedPicture


class FrameSelector:
    """Says of each frame, in order, whether its picture is new."""

    def __init__(self, fps: float | None, *, fold: bool) -> None:
        """``fps``: pictures a second at most; ``fold``: equal neighbours share one."""
        self._interval = 1 / Fraction(fps).limit_denominator(1001) if fps else Fraction(0)
        self._fold = fold
        self._due: Fraction | None = None

    def __call__(self, frame: TimedPicture, last: Picture | None) -> Picture | None:
        """Return the frame's picture, or None where it shares the ``last`` one kept."""
        time = frame.pts * frame.time_base
        if last is not None and self._due is not None and time < self._due:
            return None
        # From grid point to grid point, so that a rate that does not divide loses nothing.
        steps = time // self._interval if self._interval else Fraction(0)
        self._due = (steps + 1) * self._interval
        if self._fold and last is not None and np.array_equal(frame.pixels, last):
            return None
        return frame.pixels
