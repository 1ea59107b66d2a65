"""Small faces in large pictures: the whole picture first, then pieces of it, enlarged."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from pipeline.faces.detection.detector import Found
from pipeline.media.pixels import Picture, resized
from pipeline.runtime.arrays import Bools, Float32s

_SHARED = 0.25
"""Of a piece's side, by which neighbours overlap: faces up to this size are whole in one."""
_MOST_ENLARGED = 2.0
"""Pictures are not enlarged further to be cut into pieces."""
_EDGE = 2.0
"""Pixels: a box so near to a cut may be of part of a face."""


def find_in_pyramid(
    find: Callable[[Picture], Found], picture: Picture, side: int, levels: int
) -> Found:
    """What ``find`` finds on a picture, and on pieces of it, each of at most ``side`` pixels.

    Each further level is twice as large as the one before.
    """
    height, width = picture.shape[:2]
    found = []
    for level in range(levels):
        scale = side * 2**level / max(width, height)
        if level and scale > _MOST_ENLARGED:
            break
        size = max(1, round(width * scale)), max(1, round(height * scale))
        scaled = picture if size == (width, height) else resized(picture, size)
        per_pixel = np.array([width / size[0], height / size[1]] * 2, np.float32)
        for left, top in _corners(*size, side):
            piece = np.ascontiguousarray(scaled[top : top + side, left : left + side])
            boxes, probabilities = find(piece)
            boxes = boxes + np.array([left, top, left, top], np.float32)
            whole = _is_whole(boxes, (left, top), side, size)
            found.append(Found(boxes[whole] * per_pixel, probabilities[whole]))
    return Found(*(np.concatenate(values) for values in zip(*found, strict=True)))


def _corners(width: int, height: int, side: int) -> Iterator[tuple[int, int]]:
    """The upper left corners of pieces that cover a picture."""
    for top in _starts(height, side):
        for left in _starts(width, side):
            yield left, top


def _starts(length: int, side: int) -> list[int]:
    if length <= side:
        return [0]
    count = -(-(length - side) // round(side * (1 - _SHARED))) + 1
    return [round((length - side) * number / (count - 1)) for number in range(count)]


def _is_whole(boxes: Float32s, corner: tuple[int, int], side: int, size: tuple[int, int]) -> Bools:
    """(n,) whether boxes (n, 4) stay clear of the cuts, which the picture's own edges are not."""
    start = np.array(corner, np.float32)
    low = (boxes[:, :2] > start + _EDGE) | (start == 0)
    high = (boxes[:, 2:] < start + side - _EDGE) | (start + side >= np.array(size))
    return np.asarray((low & high).all(1))
