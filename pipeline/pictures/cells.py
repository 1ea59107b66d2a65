"""The values of a tap by parts of the picture: what is where, in a few numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from pipeline.pictures.feature_bank import FeatureBank
from pipeline.runtime.arrays import Float32s, Floats, Int64s

CELLS = 3  # across and down
_BATCH = 256  # pictures in memory at once


def cell_means(paths: Sequence[Path], tap: str, rows: Int64s | None = None) -> Float32s:
    """(n, c · cells) of some ``rows`` (n,), or else of all pictures of some feature files.

    A grid of positions is divided into ``CELLS`` × ``CELLS`` parts of nearly equal size, whose
    means stand one after the other; smaller grids, and such as are no squares, count as one. A
    vector has no parts.
    """
    bank = FeatureBank(paths, tap)
    rows = np.arange(bank.starts[-1]) if rows is None else rows
    batches = (rows[start : start + _BATCH] for start in range(0, len(rows), _BATCH))
    return np.concatenate([_means(bank.gather(batch).numpy()) for batch in batches])


def _means(values: Floats) -> Float32s:
    """(n, c · cells) of values (n, p, c) or (n, c)."""
    if values.ndim == 2:
        return values.astype(np.float32)
    n, positions, channels = values.shape
    side = math.isqrt(positions)
    if side < CELLS or side**2 != positions:
        return np.asarray(values.mean(1, np.float32))
    grid = values.reshape(n, side, side, channels)
    edges = np.linspace(0, side, CELLS + 1).round().astype(int)
    spans = [slice(*pair) for pair in pairwise(edges.tolist())]
    cells = [grid[:, down, across].mean((1, 2), np.float32) for down in spans for across in spans]
    return np.concatenate(cells, 1)
