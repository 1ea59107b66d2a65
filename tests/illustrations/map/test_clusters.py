"""Clusters on the map."""

import numpy as np
import pytest

from pipeline.illustrations.map.clusters import find_clusters
from pipeline.runtime.arrays import Float64s

SIZES = (30, 25, 20)


def heaps() -> Float64s:
    """Three dense heaps of 30, 25 and 20 points, and one point far from them."""
    draws = np.random.default_rng(0)
    middles = np.repeat([(0.8, 0), (-0.8, 0.6), (-0.8, -0.6)], SIZES, axis=0)
    return np.vstack([middles + draws.normal(scale=0.03, size=middles.shape), [(0, 3)]])


@pytest.mark.parametrize("count", [None, 3])
def test_heaps_are_clusters_the_largest_first(count: int | None) -> None:
    points = heaps()[:-1]
    assert find_clusters(points, count, 0).tolist() == [0] * 30 + [1] * 25 + [2] * 20


def test_a_point_alone_is_in_no_cluster_that_is_found_by_density() -> None:
    assert find_clusters(heaps(), None, 0)[-1] == -1
    assert find_clusters(heaps(), 4, 0)[-1] == 3


def test_few_points_are_one_cluster() -> None:
    assert find_clusters(np.zeros((3, 2)), None, 0).tolist() == [0, 0, 0]
    assert find_clusters(np.arange(20.0).reshape(10, 2), 50, 0).max() == 9
