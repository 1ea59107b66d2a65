"""Pairs of pictures that nearly equal each other, among any number of them.

Two pictures nearly equal each other if the mean colour of no block of 14 × 14 differs by more than
a limit. That withstands another encoding, which moves single pixels by far more. To find such
pairs, each picture is put into a cell of a grid by the greys of a few telling blocks, and compared
with those in the cells within reach: first by these blocks, then by all. Nothing is missed but
where hundreds of pictures share a cell.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PIL import Image

from pipeline.media.pixels import Picture
from pipeline.runtime.arrays import Float32s, Int64s, UInt8s

GRID = 14  # blocks across and down
_PLACES = 10  # blocks that make the grid; each has two cells within reach of some pictures
_SAMPLE = 10_000  # pictures from which the places are chosen
_CELL = 32.0  # grey levels across, and more for large limits
_CELL_REACHES = 8  # of a cell's width, so that few cells are within reach
_MAX_COMPARED = 256  # pictures of one cell with which a picture is compared
_MAX_LINKED = 16  # pictures to which one is linked, the nearest ones
_PAIRS = 1 << 18  # compared at once

Pair = tuple[int, int]
"""Two rows, the later one first."""


def block_colours(picture: Picture) -> UInt8s:
    """(14, 14, 3) the mean colour of each block of a picture (size, size, 3)."""
    return np.asarray(Image.fromarray(picture).resize((GRID, GRID), Image.Resampling.BOX))


def near_pairs(colours: UInt8s, limit: float) -> Iterator[Pair]:
    """Pairs of rows whose ``colours`` (n, 14, 14, 3) nearly equal each other.

    ``limit`` is how far those of a block may differ, in grey levels on the average of the channels.
    Of a row's pairs with earlier ones there are at most the 16 nearest.
    """
    flat = colours.reshape(len(colours), -1)
    for later, earlier in _within_reach(_telling(colours), limit):
        far = _difference(flat, later, earlier)
        near = far <= limit
        later, earlier, far = later[near], earlier[near], far[near]
        order = np.lexsort((earlier, far, later))
        later, earlier = later[order], earlier[order]
        place = np.arange(len(later)) - np.searchsorted(later, later)
        linked = place < _MAX_LINKED
        yield from zip(later[linked].tolist(), earlier[linked].tolist(), strict=True)


def _within_reach(greys: Float32s, reach: float) -> Iterator[tuple[Int64s, Int64s]]:
    """Later and earlier rows with near ``greys`` (places, n); all of a later row come at once."""
    count = greys.shape[1]
    width = max(_CELL, _CELL_REACHES * reach)
    home = np.sort(_cells(np.floor(greys / width), width) * count + np.arange(count))
    rows, cells = _reached(greys, width, reach)
    stop = np.searchsorted(home, cells * count + rows)
    start = np.maximum(np.searchsorted(home, cells * count), stop - _MAX_COMPARED)
    for part in _parts(rows, stop - start):
        sizes = (stop - start)[part]
        later = np.repeat(rows[part], sizes)
        before = np.cumsum(sizes) - sizes
        earlier = home[np.arange(len(later)) + np.repeat(start[part] - before, sizes)] % count
        for grey in greys:
            near = np.abs(grey[later] - grey[earlier]) <= reach
            later, earlier = later[near], earlier[near]
        if len(later):
            yield later, earlier


def _reached(greys: Float32s, width: float, reach: float) -> tuple[Int64s, Int64s]:
    """Rows and the cells within reach of each; ordered by rows."""
    rows = np.arange(greys.shape[1])
    digits = np.empty((0, len(rows)), np.float32)
    for grey in greys:
        low = np.floor((grey[rows] - reach) / width)
        high = np.floor((grey[rows] + reach) / width)
        both = np.flatnonzero(low != high)
        digits = np.hstack([np.vstack([digits, low]), np.vstack([digits, high])[:, both]])
        rows = np.append(rows, rows[both])
    order = np.argsort(rows, kind="stable")
    return rows[order], _cells(digits[:, order], width)


def _cells(digits: Float32s, width: float) -> Int64s:
    """One number for the cell at ``digits`` (places, n), each from −1 on."""
    base = int(256 // width) + 3
    return base ** np.arange(len(digits)) @ (digits.astype(np.int64) + 1)


def _parts(rows: Int64s, sizes: Int64s) -> Iterator[slice]:
    """Parts of about ``_PAIRS`` in all, which do not divide what belongs to a row."""
    start, done = 0, np.cumsum(sizes)
    while start < len(rows):
        before = done[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(done, before + _PAIRS)))
        stop = int(np.searchsorted(rows, rows[min(stop, len(rows)) - 1], side="right"))
        yield slice(start, stop)
        start = stop


def _telling(colours: UInt8s) -> Float32s:
    """(places, n) the greys of those blocks in which pictures differ most.

    Each place is the one that varies most beyond what the ones before it foretell.
    """
    greys = colours.mean(3, dtype=np.float32).reshape(len(colours), -1)
    left = np.cov(greys[:: -(-len(greys) // _SAMPLE)], rowvar=False, ddof=0)
    places = []
    for _ in range(_PLACES):
        place = int(np.argmax(left.diagonal()))
        if left[place, place] < 1:
            break
        places.append(place)
        left = left - np.outer(left[place], left[place]) / left[place, place]
    return np.ascontiguousarray(greys[:, places or [0]].T)


def _difference(flat: UInt8s, later: Int64s, earlier: Int64s) -> Float32s:
    """(pairs,) the largest difference of any block."""
    one, other = flat[later], flat[earlier]
    channels = (np.maximum(one, other) - np.minimum(one, other)).reshape(len(one), -1, 3)
    sums = channels[..., 0].astype(np.uint16) + channels[..., 1] + channels[..., 2]
    return np.asarray(sums.max(1) / np.float32(3))
