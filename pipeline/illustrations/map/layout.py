"""Where points lie: by t-SNE, or by their principal components.

n  points
"""

from __future__ import annotations

import math
from logging import ERROR, getLogger
from typing import Final, Literal

import numpy as np

from pipeline.illustrations.map.vectors import nearest
from pipeline.runtime.arrays import Float32s, Float64s

Method = Literal["tsne", "pca"]

COMPONENTS: Final = 50
"""Principal components that t-SNE takes, as Van der Maaten and Hinton (2008) do for pictures."""
_NEIGHBOURS_PER_PERPLEXITY = 3  # as usual: what is farther has next to no weight
_FEW = 2000  # points up to which repulsion is computed by Barnes and Hut's tree: it is faster then
_START, _NOISE = 1e-4, 1e-6  # standard deviations of where points begin
_FEWEST = 4  # points below which there are no neighbourhoods to keep
_EARLY, _LATE = 250, 500  # steps with clusters pulled together, and without
_EXAGGERATION = 12.0
_INTERVAL = 2  # of the grid on which repulsion is interpolated; half as fine as the default and
# twice as fast: of 8,320 pictures' neighbours it kept 43.2 % instead of 44.0 %


def lay_out(reduced: Float32s, method: Method, *, perplexity: float, seed: int) -> Float64s:
    """(n, 2) positions of points with principal components ``reduced`` (n, c), from −1 to 1."""
    plane = np.pad(reduced[:, :2], ((0, 0), (0, max(0, 2 - reduced.shape[1])))).astype(np.float64)
    if method == "tsne" and len(reduced) >= _FEWEST:
        return _fitted(_tsne(reduced, plane, perplexity, seed))
    return _fitted(plane)


def _tsne(reduced: Float32s, start: Float64s, perplexity: float, seed: int) -> Float64s:
    """Positions in the plane, from a ``start`` (n, 2) of any scale."""
    from openTSNE import TSNEEmbedding
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    getLogger("openTSNE").setLevel(ERROR)  # it warns that neighbours are given
    perplexity = min(perplexity, (len(reduced) - 1) / _NEIGHBOURS_PER_PERPLEXITY)
    neighbours = nearest(reduced, math.ceil(_NEIGHBOURS_PER_PERPLEXITY * perplexity))
    # With several threads the sums, and so the map, would depend on their number.
    affinities = PerplexityBasedNN(
        knn_index=PrecomputedNeighbors(*neighbours), perplexity=perplexity, n_jobs=1
    )
    # Principal components give the map its large lines; the seed, where like goes among like.
    noise = np.random.default_rng(seed).normal(scale=_NOISE, size=start.shape)
    start = start * (_START / (start[:, 0].std() or 1)) + noise
    embedding = TSNEEmbedding(
        start,
        affinities,
        negative_gradient_method="bh" if len(start) <= _FEW else "fft",
        ints_in_interval=_INTERVAL,
        n_jobs=1,
        random_state=seed,
    )
    embedding.optimize(_EARLY, exaggeration=_EXAGGERATION, momentum=0.5, inplace=True)
    embedding.optimize(_LATE, momentum=0.8, inplace=True)
    return np.asarray(embedding)


def _fitted(positions: Float64s) -> Float64s:
    """Moved and scaled alike in both directions, so that the longer side goes from −1 to 1."""
    low, high = positions.min(0), positions.max(0)
    half = float((high - low).max()) / 2
    return np.asarray((positions - (low + high) / 2) / (half or 1.0))
