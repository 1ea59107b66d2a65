"""Feature vectors of points made comparable, and the nearest of each; exact.

n  points
c  channels of a vector
k  neighbours
"""

from __future__ import annotations

import numpy as np

from pipeline.runtime.arrays import Float32s, Floats, Int64s
from pipeline.runtime.sample_size import ROUNDING_32

_BATCH = 1024  # points whose distances to all others are in memory at once


def directions(vectors: Floats) -> Float32s:
    """(n, c) ``vectors`` standardised by channel and of length 1: distances are as cosines.

    Channels that never change become 0.
    """
    values = vectors.astype(np.float32)
    mean, std = values.mean(0), values.std(0)
    std[std <= ROUNDING_32 * np.maximum(np.abs(mean), 1)] = np.inf
    values -= mean
    values /= std
    values /= np.maximum(np.linalg.norm(values, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    return values


def principal_components(vectors: Float32s, count: int) -> Float32s:
    """(n, at most ``count``) ``vectors`` (n, c) along the directions in which they vary most."""
    centred = vectors - vectors.mean(0)
    _, axes = np.linalg.eigh((centred.T @ centred).astype(np.float64))  # the last varies most
    axes = axes[:, ::-1][:, : min(count, *vectors.shape)]
    # The sign of an axis is arbitrary: its largest value shall be positive.
    axes *= np.sign(axes[np.abs(axes).argmax(0), np.arange(axes.shape[1])])
    return np.asarray(centred @ axes.astype(np.float32))


def nearest(vectors: Floats, count: int) -> tuple[Int64s, Float32s]:
    """(n, k) the ``count`` nearest other points of each, nearest first, and their distances.

    Of n points there are at most n − 1 others.
    """
    values = vectors.astype(np.float32)
    squares = (values**2).sum(1)
    count = min(count, len(values) - 1)
    indices = np.empty((len(values), count), np.int64)
    distances = np.empty(indices.shape, np.float32)
    for start in range(0, len(values), _BATCH):
        stop = min(start + _BATCH, len(values))
        squared = squares - 2 * values[start:stop] @ values.T + squares[start:stop, None]
        squared[np.arange(stop - start), np.arange(start, stop)] = np.inf
        best = np.argpartition(squared, count - 1, axis=1)[:, :count]
        # Equal pictures are equally far: the number decides, so that a map comes out the same.
        best.sort(axis=1)
        taken = np.take_along_axis(squared, best, axis=1)
        order = np.argsort(taken, axis=1, kind="stable")
        indices[start:stop] = np.take_along_axis(best, order, axis=1)
        nearest_first = np.take_along_axis(taken, order, axis=1)
        distances[start:stop] = np.sqrt(np.maximum(nearest_first, 0))
    return indices, distances
