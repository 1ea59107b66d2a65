"""Clusters of points, found on the map."""

from __future__ import annotations

import numpy as np

from pipeline.pictures.clusters.finding import dense_regions, k_means
from pipeline.runtime.arrays import Float64s, Int64s

_SHARE_OF_POINTS = 1 / 150  # that a cluster found by density has at least
_FEWEST = 8


def find_clusters(positions: Float64s, count: int | None, seed: int) -> Int64s:
    """(n,) the cluster of each point at ``positions`` (n, 2), from 0, the largest first.

    ``count`` clusters by k-means; None takes the dense regions that there are (HDBSCAN), and −1
    stands for points between them.
    """
    if len(positions) <= _FEWEST:
        return np.zeros(len(positions), np.int64)
    if count is not None:
        return k_means(positions, count, seed)
    fewest = max(_FEWEST, round(len(positions) * _SHARE_OF_POINTS))
    # The smallest regions: t-SNE leaves no clear gaps between the large ones.
    return dense_regions(positions, fewest, "leaf")
