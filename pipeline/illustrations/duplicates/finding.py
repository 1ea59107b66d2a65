"""Which pictures of a collection nearly equal others, as they are or mirrored.

Each picture is compared with those of the most similar colours, in blocks so large that a little
cut off at the edges changes them little. Whether two are the same is then seen by laying one over
the other.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image

from pipeline.illustrations.duplicates.aligning import SIDE, differences
from pipeline.learning.threads import computing_with
from pipeline.media.pixels import Picture
from pipeline.runtime.arrays import Float32s, Int64s, UInt8s
from pipeline.runtime.prefetch import ordered_map

_GRID = 4  # blocks across and down, whose colours are compared first
_NEAREST = 5  # pictures with which one is compared, as it is and mirrored
_REACH = 20.0  # grey levels by which their blocks may differ, as the root of the mean square
_ROWS, _PAIRS = 1024, 64  # compared at once: by blocks, and laid over each other


class Pair(NamedTuple):
    """Two pictures that nearly equal each other."""

    one: int
    other: int
    """Greater than ``one``."""
    mirrored: bool
    difference: float
    """Of the block that differs most, in grey levels."""


def shrunk(picture: Picture) -> UInt8s:
    """(56, 56, 3) what of a picture is compared."""
    return np.asarray(Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.BOX))


def aligned_pairs(pictures: UInt8s, limit: float) -> list[Pair]:
    """Pairs of ``pictures`` (n, 56, 56, 3) of which no block differs by more than ``limit``."""
    likely = _candidates(_blocks(pictures))
    parts = [likely[start : start + _PAIRS] for start in range(0, len(likely), _PAIRS)]
    found = ordered_map(lambda part: _laid(pictures, part, limit), parts, os.cpu_count() or 1)
    best: dict[tuple[int, int], Pair] = {}
    for pair in (pair for some in found for pair in some if pair.difference <= limit):
        key = pair.one, pair.other
        if key not in best or pair.difference < best[key].difference:
            best[key] = pair
    return sorted(best.values())


def _laid(pictures: UInt8s, candidates: Int64s, limit: float) -> list[Pair]:
    """Pairs from ``candidates`` (m, 3), with their differences."""
    with computing_with(1), torch.inference_mode():
        ones, others = (
            torch.from_numpy(pictures[candidates[:, place]]).permute(0, 3, 1, 2).float()
            for place in (0, 1)
        )
        is_mirrored = torch.from_numpy(candidates[:, 2] == 1)
        others = torch.where(is_mirrored[:, None, None, None], others.flip(3), others)
        found = differences(ones, others, limit).tolist()
    return [
        Pair(one, other, bool(mirrored), round(difference, 2))
        for (one, other, mirrored), difference in zip(candidates.tolist(), found, strict=True)
    ]


def _blocks(pictures: UInt8s) -> Float32s:
    """(n, 4, 4, 3) their mean colours."""
    side = SIDE // _GRID
    blocks = pictures.reshape(len(pictures), _GRID, side, _GRID, side, 3)
    return np.asarray(blocks.mean((2, 4), dtype=np.float32))


def _candidates(blocks: Float32s) -> Int64s:
    """(m, 3) one, another, and whether it is mirrored; each pair once."""
    found = [pairs for mirrored in (0, 1) for pairs in _nearest(blocks, mirrored)]
    return np.unique(np.concatenate([np.empty((0, 3), np.int64), *found]), axis=0)


def _nearest(blocks: Float32s, mirrored: int) -> Iterator[Int64s]:
    """(m, 3) for some pictures at a time the pairs with the nearest of all."""
    count = len(blocks)
    flat = blocks.reshape(count, -1)
    asked = (blocks[:, :, ::-1] if mirrored else blocks).reshape(count, -1)
    squares = (flat**2).sum(1)
    near = min(_NEAREST, count - 1)
    for start in range(0, count if near else 0, _ROWS):
        rows = np.arange(start, min(start + _ROWS, count))
        far = squares[rows, None] + squares - 2 * asked[rows] @ flat.T
        far[np.arange(len(rows)), rows] = np.inf  # no picture is its own duplicate
        nearest = np.argpartition(far, near - 1, axis=1)[:, :near]
        within = np.take_along_axis(far, nearest, 1) <= _REACH**2 * flat.shape[1]
        one, other = np.repeat(rows, near)[within.ravel()], nearest[within]
        flags = np.full(len(one), mirrored)
        yield np.column_stack([np.minimum(one, other), np.maximum(one, other), flags])
