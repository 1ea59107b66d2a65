"""What the outputs of published detectors mean, told by their shapes.

==============================================  ===============================================
``(n, k, 4)`` and ``(n, k, c)`` or ``(n, k)``    corners, and scores of classes, as SSD exports;
                                                of two classes or more the first is background
``(n, 4 + c, k)``                               centre, size and scores: YOLOv8 and later
``(n, k, 5 + c)``                               centre, size, objectness and scores: YOLOv5
``(n, k, 6)`` of k ≤ 300                        corners, score and class, already distinct
``(k, 4)`` and ``(k,)``                         corners and scores, as torchvision exports
==============================================  ===============================================

Corners, centres and sizes are in pixels of the network's input, or in shares of it if none exceeds
2. Networks that give offsets to anchors, as FaceBoxes and RetinaFace often do, are to be exported
with their decoding.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import softmax

from pipeline.runtime.arrays import Float32s

_SHARES = 2.0
"""Boxes in shares of the picture reach little beyond it, and those in pixels do."""
_MOST_DISTINCT = 300
"""Boxes that networks give which suppress what is no maximum themselves."""


class UnknownOutputsError(Exception):
    """Raised for shapes that none of the known conventions has."""


class Boxes(NamedTuple):
    """What a network gives of one picture."""

    corners: Float32s
    """(k, 4) in shares of the network's input"""
    scores: Float32s
    """(k,) of what is most probable of a box but background"""


def boxes_of(outputs: Sequence[np.ndarray], side: tuple[int, int]) -> list[Boxes]:
    """The boxes of each picture of a batch, seen at ``side`` (width, height) pixels.

    Raises UnknownOutputsError.
    """
    numbers = [np.asarray(one, np.float32) for one in outputs]
    shapes = sorted(one.ndim for one in numbers)
    if len(numbers) == 1 and shapes == [3]:
        return [_in_shares(*_of_one(numbers[0][i]), side) for i in range(len(numbers[0]))]
    corners = [one for one in numbers if one.ndim > 1 and one.shape[-1] == 4]
    if not corners:
        raise UnknownOutputsError
    boxes = corners[0] if corners[0].ndim == 3 else corners[0][None]
    for scores in (one for one in numbers if one is not corners[0]):
        some = scores[None] if corners[0].ndim == 2 else scores
        if some.shape == boxes.shape[:2]:
            if _is_probability(some):
                return [_in_shares(*pair, side) for pair in zip(boxes, some, strict=True)]
        elif some.ndim == 3 and some.shape[:2] == boxes.shape[:2]:
            return [
                _in_shares(box, _without_background(score), side)
                for box, score in zip(boxes, some, strict=True)
            ]
    raise UnknownOutputsError


def _of_one(rows: Float32s) -> tuple[Float32s, Float32s]:
    """Corners and scores from a table of which boxes are the rows, or the columns."""
    count, values = rows.shape
    if values == 6 and count <= _MOST_DISTINCT:
        return rows[:, :4], rows[:, 4]
    if count < values and count > 4:
        return _around(rows[:4].T), rows[4:].max(0)
    if values > 5:
        return _around(rows[:, :4]), rows[:, 4] * rows[:, 5:].max(1)
    raise UnknownOutputsError


def _around(boxes: Float32s) -> Float32s:
    """Corners from centres and sizes, both (k, 4)."""
    return np.hstack([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2])


def _without_background(scores: Float32s) -> Float32s:
    """(k,) from the scores of classes (k, c), which may be log-odds."""
    shares = scores if _is_probability(scores) else softmax(scores, 1)
    return np.asarray(shares[:, 1:].max(1) if shares.shape[1] > 1 else shares[:, 0], np.float32)


def _is_probability(values: np.ndarray) -> bool:
    """Labels of classes are no probabilities, unless all are 0 or 1."""
    return bool(((values >= 0) & (values <= 1)).all())


def _in_shares(corners: Float32s, scores: Float32s, side: tuple[int, int]) -> Boxes:
    if len(corners) and np.abs(corners).max() > _SHARES:
        corners = np.asarray(corners / np.array([*side, *side]), np.float32)
    return Boxes(corners, scores)
