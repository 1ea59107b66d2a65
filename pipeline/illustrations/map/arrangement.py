"""A map without overlap: every point in a cell of its own, as near to its place as can be.

n  points
"""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from pipeline.runtime.arrays import Float64s, Int64s

_BLOCK = 512  # cells that are assigned at once; the time that it takes grows with their cube


def in_a_grid(positions: Float64s) -> Int64s:
    """(n, 2) column and row of each point's cell, no two the same, in the least square grid.

    Up to 512 points are assigned so that the sum of squared distances is least. More are divided
    at the middle, again and again, into blocks of cells that are assigned so.
    """
    side = math.ceil(math.sqrt(len(positions)))
    rows = math.ceil(len(positions) / side)
    cells = np.stack(np.divmod(np.arange(side * rows), side)[::-1], axis=1)[: len(positions)]
    placed = np.empty((len(positions), 2), np.int64)
    _assign(positions, cells, np.arange(len(positions)), placed)
    return placed


def _assign(positions: Float64s, cells: Int64s, points: Int64s, placed: Int64s) -> None:
    """Give each of ``points`` (m,) one of as many ``cells`` (m, 2), written into ``placed``."""
    if len(points) <= _BLOCK:
        costs = cdist(_evenly(positions[points]), _evenly(cells), "sqeuclidean")
        placed[points] = cells[linear_sum_assignment(costs)[1]]
        return
    # Cells and points are cut along the longer side of the cells, with as many on each side.
    axis = int(np.ptp(cells[:, 0]) < np.ptp(cells[:, 1]))
    by_cell = np.lexsort((cells[:, 1 - axis], cells[:, axis]))
    line = cells[by_cell[len(cells) // 2], axis]
    cut = int((cells[:, axis] < line).sum())
    by_place = np.argsort(positions[points, axis], kind="stable")
    _assign(positions, cells[by_cell[:cut]], points[by_place[:cut]], placed)
    _assign(positions, cells[by_cell[cut:]], points[by_place[cut:]], placed)


def _evenly(places: Float64s | Int64s) -> Float64s:
    """Scaled so that both are over the same square, each coordinate by itself."""
    low, extent = places.min(0), np.ptp(places, axis=0)
    return np.asarray((places - low) / np.where(extent > 0, extent, 1), np.float64)
