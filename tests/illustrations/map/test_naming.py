"""Clusters on the map, and the words that tell them apart."""

import numpy as np
import pytest

from pipeline.illustrations.map.naming import find_clusters, telling_words
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


def test_what_all_have_tells_nothing() -> None:
    clusters = np.repeat([0, 1, -1], [40, 40, 20])
    words = [{"drawing", "cat"}] * 40 + [{"drawing", "dog"}] * 40 + [{"drawing"}] * 20
    assert telling_words(clusters, words) == [["cat"], ["dog"]]


def test_a_word_of_the_same_points_is_not_said_twice() -> None:
    clusters = np.repeat([0, 1], 40)
    words = [{"cat", "feline"}] * 25 + [{"cat", "feline", "night"}] * 15 + [{"dog"}] * 40
    assert telling_words(clusters, words)[0] == ["cat", "night"]


def test_clusters_without_words_have_no_name() -> None:
    assert telling_words(np.array([0, 0, 1]), [set(), set(), set()]) == [[], []]


def test_a_single_cluster_is_not_told_from_a_rest() -> None:
    assert telling_words(np.zeros(50, int), [{"cat"}] * 50) == [[]]
