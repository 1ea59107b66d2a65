"""What of a picture is cut out around a face."""

from __future__ import annotations

from pipeline.labels.boxes import Box

Window = tuple[int, int, int, int]
"""Left, top, right and bottom of whole pixels, the last two exclusive."""


def window_around(box: Box, size: tuple[int, int], margin: float, square: bool) -> Window:
    """The window within a picture of ``size`` (width, height) for a face in ``box``.

    ``margin`` is the share of the face's longer side that is added on each side. A window that
    reaches beyond the picture is moved back into it. It is cut off, and no square, only where it
    is wider or higher than the picture.
    """
    left, top, right, bottom = box
    sides = (right - left, bottom - top)
    around = 2 * margin * max(sides)
    wide, high = (max(sides) if square else side for side in sides)
    x0, x1 = _span((left + right) / 2, wide + around, size[0])
    y0, y1 = _span((top + bottom) / 2, high + around, size[1])
    return x0, y0, x1, y1


def _span(middle: float, length: float, limit: int) -> tuple[int, int]:
    """First pixel and end of ``length`` pixels about ``middle``, within 0 and ``limit``."""
    whole = min(max(1, round(length)), limit)
    first = min(max(0, round(middle - length / 2)), limit - whole)
    return first, first + whole
