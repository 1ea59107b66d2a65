"""The feature vectors of a collection along few directions, read in blocks.

n  pictures
c  channels of a vector
k  components
"""

from __future__ import annotations

import numpy as np
from sklearn.decomposition import PCA

from pipeline.pictures.feature_bank import FeatureBank
from pipeline.runtime.arrays import Bools, Float32s, Float64s, Int64s
from pipeline.runtime.sample_size import ROUNDING_32, is_constant

_SAMPLE = 4000  # pictures from which the directions are found
_BATCH = 1024  # pictures in memory at once
_NEAREST = 5  # others by which it is told whether a picture lies apart
_NORMAL, _FAR = 0.6745, 3.5  # what makes a median deviation a standard one, and how many are far


def principal_vectors(bank: FeatureBank, rows: Int64s, count: int, seed: int) -> Float32s:
    """(n, at most ``count``) the vectors of ``rows`` (n,) where they vary most, that first.

    Each channel is standardised and each vector has length 1 before, so that distances are as
    cosines. Of a grid the mean over positions counts. Memory does not grow with c · n.
    """
    sample = np.unique(np.linspace(0, len(rows) - 1, min(_SAMPLE, len(rows))).astype(np.int64))
    values = np.concatenate(
        [_values(bank, rows[sample[at : at + _BATCH]]) for at in range(0, len(sample), _BATCH)]
    )
    mean, std = values.mean(0), values.std(0)
    std[std <= ROUNDING_32 * np.maximum(np.abs(mean), 1)] = np.inf  # never changes
    directions = _directions(values, mean, std)
    if is_constant(directions, 0, ROUNDING_32).all():
        return np.zeros((len(rows), 1), np.float32)
    pca = PCA(min(count, *values.shape), svd_solver="randomized", random_state=seed)
    spread = pca.fit(directions).explained_variance_
    axes = pca.components_[spread > ROUNDING_32 * spread[0]]
    # The sign of an axis is arbitrary: its largest value shall be positive.
    axes *= np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(1)])[:, None]
    found = np.empty((len(rows), len(axes)), np.float32)
    for at in range(0, len(rows), _BATCH):
        directions = _directions(_values(bank, rows[at : at + _BATCH]), mean, std)
        found[at : at + _BATCH] = (directions - pca.mean_) @ axes.T
    return found


def _values(bank: FeatureBank, rows: Int64s) -> Float32s:
    """(n, c) the values of some rows; of a grid their means."""
    values = bank.gather(rows).numpy()
    means = values.mean(1, np.float32) if values.ndim == 3 else values
    return means.astype(np.float32, copy=False)


def _directions(values: Float32s, mean: Float32s, std: Float32s) -> Float32s:
    """(n, c) standardised, and of length 1."""
    moved = (values - mean) / std
    length = np.linalg.norm(moved, axis=1, keepdims=True)
    return np.asarray(moved / np.maximum(length, np.finfo(np.float32).tiny))


def distances_to_centres(points: Float32s, clusters: Int64s) -> Float64s:
    """(n,) how far each of ``points`` (n, k) is from the mean of its cluster (n,), from 0.

    One that is in none (−1) is taken to be as far as from the nearest of all.
    """
    count = int(clusters.max(initial=-1)) + 1
    if not count:
        return np.asarray(np.linalg.norm(points - points.mean(0), axis=1), np.float64)
    centres = np.stack([points[clusters == number].mean(0) for number in range(count)])
    squares = (centres**2).sum(1) - 2 * points @ centres.T + (points**2).sum(1)[:, None]
    own = squares[np.arange(len(points)), clusters]
    own[clusters < 0] = squares[clusters < 0].min(1)
    return np.asarray(np.sqrt(np.maximum(own, 0)), np.float64)


def evened(points: Float32s) -> Float32s:
    """(n, k) principal vectors for a head: half-way to equal spreads, the first of which is 1.

    As they are the first few would decide, and with equal spreads the last ones, which are noise.
    """
    spread = np.maximum(points.std(0), np.finfo(np.float32).tiny)
    return np.asarray(points / (spread[0] * np.sqrt(spread / spread[0])))


def outliers(points: Float32s) -> Bools:
    """(n,) which of ``points`` (n, k) lie far from all others.

    The mean distance to the five nearest of 4,000 others is compared over all points: more than
    3.5 by the modified z-score of Iglewicz and Hoaglin 1993 is far.
    """
    sample = np.unique(np.linspace(0, len(points) - 1, min(_SAMPLE, len(points))).astype(np.int64))
    near = min(_NEAREST, len(sample) - 1)
    if not near:
        return np.zeros(len(points), np.bool_)
    known = points[sample]
    lengths = (known**2).sum(1)
    means = np.empty(len(points))
    for at in range(0, len(points), _BATCH):
        asked = points[at : at + _BATCH]
        squares = lengths - 2 * asked @ known.T + (asked**2).sum(1)[:, None]
        squares[sample == np.arange(at, at + len(asked))[:, None]] = np.inf  # not from itself
        nearest = np.partition(squares, near - 1, axis=1)[:, :near]
        means[at : at + _BATCH] = np.sqrt(np.maximum(nearest, 0)).mean(1)
    beyond = means - np.median(means)
    return np.asarray(_NORMAL * beyond > _FAR * np.median(np.abs(beyond)))
