"""Clusters of points, found on the map."""

from __future__ import annotations

from collections import Counter

import numpy as np

from pipeline.runtime.arrays import Float64s, Int64s

_SHARE_OF_POINTS = 1 / 150  # that a cluster found by density has at least
_FEWEST = 8
_SAMPLES = 5  # points that must be near for a place to count as dense


def find_clusters(positions: Float64s, count: int | None, seed: int) -> Int64s:
    """(n,) the cluster of each point at ``positions`` (n, 2), from 0, the largest first.

    ``count`` clusters by k-means; None takes the dense regions that there are (HDBSCAN), and −1
    stands for points between them.
    """
    from sklearn.cluster import HDBSCAN, KMeans

    if len(positions) <= _FEWEST:
        return np.zeros(len(positions), np.int64)
    if count is None:
        fewest = max(_FEWEST, round(len(positions) * _SHARE_OF_POINTS))
        # The smallest regions: t-SNE leaves no clear gaps between the large ones.
        density = HDBSCAN(fewest, min_samples=_SAMPLES, cluster_selection_method="leaf", copy=True)
        found = density.fit_predict(positions)
    else:
        most = min(count, len(positions))
        found = KMeans(most, random_state=seed, n_init=4).fit_predict(positions)
    sizes = Counter(found[found >= 0].tolist())
    ranks = {cluster: rank for rank, (cluster, _) in enumerate(sizes.most_common())}
    return np.array([ranks.get(cluster, -1) for cluster in found.tolist()], np.int64)
