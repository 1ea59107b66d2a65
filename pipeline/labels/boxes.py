"""Boxes: sound ones, and their place on the upright picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import cos, isfinite, radians, sin

import msgspec

from pipeline.labels.record import Label

Box = tuple[float, float, float, float]
Size = tuple[float, float]
Sizes = Mapping[str, tuple[int, int]]
"""Width and height of upright pictures, in pixels, by their names."""

UNNAMED = "object"
"""The class of boxes of which a file names none."""
SHARES: Size = (1, 1)

_LARGEST = 1e9
"""Pixels; anything beyond is a fault."""
_VISIBLE = 0.5
"""Pixels. Less than this may be cut off without a word: numbers are rounded."""


class MisplacedError(Exception):
    """Raised for a box that is not on its picture."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        """Why, in the words of an import report."""


def box_of(edges: Sequence[float | None]) -> Box | None:
    """Left, top, right and bottom in order; None unless they are four numbers of sound size."""
    numbers = [edge for edge in edges if edge is not None and abs(edge) <= _LARGEST]
    if len(edges) != 4 or len(numbers) != 4:
        return None
    left, top, right, bottom = numbers
    return min(left, right), min(top, bottom), max(left, right), max(top, bottom)


def size_of(width: float | None, height: float | None) -> Size | None:
    """A picture's size; None if either is not known: labelImg writes 0 then."""
    return (width, height) if width and height and width > 0 and height > 0 else None


def edges_of(corner_and_size: Sequence[float | None]) -> list[float | None]:
    """Left, top, right and bottom from left, top, width and height."""
    match corner_and_size:
        case [float(left), float(top), float(width), float(height)]:
            return [left, top, left + width, top + height]
    return [None]


def around(points: Iterable[tuple[float, float]]) -> Box:
    """The smallest box around some points, of which there must be one."""
    across, down = zip(*points, strict=True)
    return min(across), min(down), max(across), max(down)


def around_turned(box: Box, degrees: float, centre: tuple[float, float]) -> Box:
    """The smallest box around one that is turned clockwise about ``centre``."""
    left, top, right, bottom = box
    x, y = centre
    cosine, sine = cos(radians(degrees)), sin(radians(degrees))
    return around(
        (x + (a - x) * cosine - (b - y) * sine, y + (a - x) * sine + (b - y) * cosine)
        for a in (left, right)
        for b in (top, bottom)
    )


def placed(label: Label, size: tuple[int, int] | None) -> tuple[Label, list[str]]:
    """A label whose box is in pixels of its picture and within it, and what was done to it.

    ``size`` is the width and height of the upright picture; None leaves pixels as they are. Other
    labels stay as they are. Raises MisplacedError.
    """
    if label.box is None:
        return msgspec.structs.replace(label, drawn_on=None), []
    told: list[str] = []
    box = label.box if label.drawn_on is None else _scaled(label.box, label.drawn_on, size, told)
    left, top, right, bottom = box
    if left >= right or top >= bottom:
        raise MisplacedError("of a box without a size")
    if size is not None:
        width, height = map(float, size)
        within = (max(left, 0.0), max(top, 0.0), min(right, width), min(bottom, height))
        if within[0] >= within[2] or within[1] >= within[3]:
            raise MisplacedError("of a box outside the picture")
        if any(abs(a - b) > _VISIBLE for a, b in zip(box, within, strict=True)):
            told.append("with a box that reaches beyond the picture, and is cut off there")
        box = within
    return msgspec.structs.replace(label, box=box, drawn_on=None), told


def _scaled(box: Box, drawn_on: Size, size: tuple[int, int] | None, told: list[str]) -> Box:
    if size is None:
        raise MisplacedError("of a box on a picture whose size is not known")
    if drawn_on == size:
        return box
    width, height = size
    if drawn_on == (height, width):
        # Some programs take the size from the file and yet show the picture upright.
        told.append("with the size of the picture before it is turned; the box is taken as upright")
        return box
    if drawn_on != SHARES:
        told.append("with a box on a picture of another size, which is scaled")
    x, y = width / drawn_on[0], height / drawn_on[1]
    left, top, right, bottom = box
    return left * x, top * y, right * x, bottom * y


def is_sound(label: Label) -> bool:
    """Whether the box of a label of kind ``box``, and what it is drawn on, can be meant."""
    if label.box is None:
        return not label.value
    sides = label.drawn_on or SHARES
    edges_in_order = box_of(label.box) == label.box
    return (
        bool(label.value) and edges_in_order and all(side > 0 and isfinite(side) for side in sides)
    )
