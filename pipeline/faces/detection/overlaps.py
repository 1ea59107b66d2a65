"""Boxes as arrays: how much they overlap, and each thing boxed once.

A box is left, top, right and bottom, as distances from the picture's corner.
"""

from __future__ import annotations

import numpy as np

from pipeline.runtime.arrays import Bools, Float32s, Float64s, Int64s

NO_BOXES: Float32s = np.zeros((0, 4), np.float32)


def areas(boxes: Float32s) -> Float64s:
    """(n,) of boxes (n, 4)."""
    sides: Float64s = np.clip(boxes[:, 2:].astype(np.float64) - boxes[:, :2], 0, None)
    return np.asarray(sides.prod(1), np.float64)


def overlaps(some: Float32s, others: Float32s) -> Float64s:
    """(n, m) intersection over union of boxes (n, 4) and (m, 4); 0 for boxes without an area."""
    low = np.maximum(some[:, None, :2], others[None, :, :2]).astype(np.float64)
    high = np.minimum(some[:, None, 2:], others[None, :, 2:])
    common = np.clip(high - low, 0, None).prod(2)
    union = areas(some)[:, None] + areas(others)[None] - common
    shares: Float64s = np.divide(common, union, out=np.zeros_like(common), where=union > 0)
    return shares


def distinct(boxes: Float32s, scores: Float32s, most: float) -> Int64s:
    """Indices, best first, of boxes that overlap no better one by more than ``most``.

    Greedy suppression of what is not a maximum: of equal scores the first box counts as better.
    """
    order = np.argsort(-scores, kind="stable")
    shared = overlaps(boxes[order], boxes[order]) > most
    kept: Bools = np.ones(len(order), bool)
    for place in range(len(order)):
        if kept[place]:
            kept[place + 1 :] &= ~shared[place, place + 1 :]
    return np.asarray(order[kept])


def within(boxes: Float32s, width: int, height: int) -> Float32s:
    """Boxes (n, 4) cut off at the edges of their picture."""
    return np.clip(boxes, 0, np.array([width, height, width, height], np.float32))
