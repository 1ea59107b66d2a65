"""Clusters of points: as many as wanted (k-means), or the dense regions that there are (HDBSCAN).

n  points
c  coordinates of a point
"""

from __future__ import annotations

from collections import Counter
from typing import Literal, Protocol

import numpy as np
from threadpoolctl import threadpool_limits

from pipeline.runtime.arrays import Bools, Floats, Int64s

IN_NONE = -1
"""Instead of the number of a cluster."""

_STARTS = 4  # of k-means, of which the best is taken
_SAMPLES = 5  # points that must be near for a place to count as dense
_COUNTS = range(2, 21)  # of clusters, of which the best is chosen
_COMPARED = 2000  # points by which it is
_MOST_DENSE = 10_000  # points in which regions are found; it takes the square of their number
_ROWS = 1024  # whose distances to all of these are in memory at once
_FEWEST = 8  # of these that a region has at least
_MOST_LINKED = 60  # clusters of linked points, of which the best number is chosen
_APART = 3.0  # the distance of points that must not be linked; others are at most 2 apart
_RUNS, _SHARE = 5, 0.8  # by which stability is told, and of the points in each

Selection = Literal["eom", "leaf"]
"""Of regions within regions: those that last longest (excess of mass), or the smallest."""


class Finder(Protocol):
    """Finds clusters (n,) of points (n, c)."""

    def __call__(self, points: Floats, *, seed: int) -> Int64s:
        """See above."""
        ...


def k_means(points: Floats, count: int, seed: int) -> Int64s:
    """(n,) the cluster of each of ``points`` (n, c), from 0, the largest first.

    There are no more clusters than different points.
    """
    from sklearn.cluster import KMeans

    # With several threads the sums would depend on which of them is done first.
    with threadpool_limits(1):
        found = KMeans(_different(points, count), random_state=seed, n_init=_STARTS)
        return _ranked(found.fit_predict(points))


def _different(points: Floats, most: int) -> int:
    """How many of ``points`` differ; counting ends at ``most``, usually after so many points."""
    seen: set[tuple[float, ...]] = set()
    for point in points:
        seen.add(tuple(point.tolist()))
        if len(seen) == most:
            break
    return len(seen)


def dense_regions(points: Floats, fewest: int, selection: Selection) -> Int64s:
    """(n,) the same, but ``IN_NONE`` for points between regions of at least ``fewest`` points."""
    from sklearn.cluster import HDBSCAN

    density = HDBSCAN(fewest, min_samples=_SAMPLES, cluster_selection_method=selection, copy=True)
    return _ranked(density.fit_predict(points))


def dense_regions_of_sample(points: Floats, share: float, seed: int) -> Int64s:
    """(n,) the same of any number of points, for regions with a ``share`` of them.

    Of more than 10,000 as many by chance are looked at. All others are where the nearest of these
    is.
    """
    sample = np.sort(np.random.default_rng(seed).permutation(len(points))[:_MOST_DENSE])
    fewest = max(_FEWEST, round(share * len(sample)))
    if len(sample) <= fewest:
        return np.zeros(len(points), np.int64)
    found = dense_regions(points[sample], fewest, "eom")
    return _ranked(found if len(sample) == len(points) else _of_nearest(points, sample, found))


def _ranked(clusters: Int64s) -> Int64s:
    """The same clusters, numbered from the largest on."""
    sizes = Counter(clusters[clusters >= 0].tolist())
    ranks = {cluster: rank for rank, (cluster, _) in enumerate(sizes.most_common())}
    return np.array([ranks.get(cluster, IN_NONE) for cluster in clusters.tolist()], np.int64)


def _of_nearest(points: Floats, sample: Int64s, clusters: Int64s) -> Int64s:
    """(n,) the cluster of the nearest of the points ``sample`` (m,), which have ``clusters``."""
    known = points[sample].astype(np.float32)
    squares = (known**2).sum(1)
    found = np.empty(len(points), np.int64)
    for at in range(0, len(points), _ROWS):
        asked = points[at : at + _ROWS].astype(np.float32)
        found[at : at + _ROWS] = clusters[(squares - 2 * asked @ known.T).argmin(1)]
    found[sample] = clusters
    return found


def silhouettes(points: Floats, seed: int) -> dict[int, float]:
    """For each number of clusters from 2 to 20 how well k-means tells points apart.

    That is the mean silhouette (Rousseeuw 1987) of 2,000 points, from −1 to 1: how much nearer a
    point is to its own cluster than to the next one.
    """
    from sklearn.metrics import silhouette_score

    chosen = np.sort(np.random.default_rng(seed).permutation(len(points))[:_COMPARED])
    some = points[chosen]
    distinct = len(np.unique(some, axis=0))
    found = {}
    for count in _COUNTS:
        if count < distinct:
            clusters = k_means(some, count, seed)
            found[count] = float(silhouette_score(some, clusters))
    return found


def stability(points: Floats, clusters: Int64s, find: Finder, seed: int) -> list[float]:
    """How much of ``clusters`` (n,) comes out again, by each of five other seeds.

    Each run finds clusters of four-fifths of ``points`` (n, c) by chance, and is compared over
    these: the adjusted Rand index, 1 if they are the same and about 0 if by chance.
    """
    from sklearn.metrics import adjusted_rand_score

    found = []
    for run in range(1, _RUNS + 1):
        chance = np.random.default_rng([seed, run])
        rows = np.sort(chance.permutation(len(points))[: max(2, round(_SHARE * len(points)))])
        again = find(points[rows], seed=(seed + run) % 2**32)
        found.append(float(adjusted_rand_score(clusters[rows], again)))
    return found


def linked(points: Floats, apart: Bools, count: int | None = None) -> Int64s:
    """(n,) clusters of ``points`` (n, c) by cosine, from 0, the largest first.

    Pairs of ``apart`` (n, n) never share one. The two clusters are joined next whose least alike
    points are the most alike (complete linkage), until ``count`` are left or only such that stay
    apart; for None it is that of the numbers up to 60 which has the greatest mean silhouette.
    """
    from scipy.cluster.hierarchy import cut_tree, linkage
    from scipy.spatial.distance import squareform
    from sklearn.metrics import silhouette_score

    n = len(points)
    lengths = np.maximum(np.linalg.norm(points, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    directions = (points / lengths).astype(np.float64)
    distances = np.clip(1 - directions @ directions.T, 0, 2)
    np.fill_diagonal(distances, 0)
    if n < 2:
        return np.zeros(n, np.int64)
    steps = linkage(squareform(np.where(apart, _APART, distances), checks=False), "complete")
    fewest = n - int((steps[:, 2] < _APART).sum())
    counts = range(max(2, fewest), min(n, _MOST_LINKED + 1))
    if count is None and counts:
        found = cut_tree(steps, counts).T
        telling = [silhouette_score(distances, one, metric="precomputed") for one in found]
        return _ranked(found[int(np.argmax(telling))])
    return _ranked(cut_tree(steps, max(fewest, min(count or n, n)))[:, 0])
