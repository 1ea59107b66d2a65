"""Clusters are found, and whether they can be trusted is told."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest

from pipeline.pictures.clusters import finding
from pipeline.pictures.clusters.clusters_file import Method
from pipeline.pictures.clusters.finding import (
    dense_regions_of_sample,
    k_means,
    linked,
    silhouettes,
    stability,
)
from pipeline.pictures.clusters.making import find_clusters
from pipeline.pictures.clusters.vectors import distances_to_centres, outliers, principal_vectors
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.pictures.features_file import building_features
from pipeline.runtime.arrays import Float32s

SIZES = (60, 40, 20)


def heaps(spread: float = 0.1) -> Float32s:
    """Three heaps in ten dimensions, the largest first."""
    draws = np.random.default_rng(0)
    middles = np.repeat(np.eye(10)[:3], SIZES, axis=0)
    return (middles + draws.normal(scale=spread, size=middles.shape)).astype(np.float32)


TRUTH = np.repeat([0, 1, 2], SIZES)


def test_the_greatest_silhouette_counts_the_heaps() -> None:
    found = silhouettes(heaps(), 0)
    assert max(found, key=lambda count: found[count]) == 3
    assert k_means(heaps(), 3, 0).tolist() == TRUTH.tolist()


@pytest.mark.filterwarnings("error")
def test_there_are_no_more_clusters_than_different_points() -> None:
    points = np.repeat(np.eye(2), [3, 4], axis=0)
    assert k_means(points, 5, 0).tolist() == [1, 1, 1, 0, 0, 0, 0]


def test_no_more_clusters_are_tried_than_there_are_points() -> None:
    assert silhouettes(np.zeros((5, 2), np.float32), 0) == {}
    assert list(silhouettes(heaps()[::30], 0)) == [2, 3]


def test_regions_of_a_sample_hold_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "_MOST_DENSE", 90)
    found = dense_regions_of_sample(heaps(), 0.05, seed=1)
    assert (found == TRUTH).mean() > 0.9
    assert dense_regions_of_sample(np.zeros((3, 2), np.float32), 0.05, seed=1).tolist() == [0, 0, 0]


def test_heaps_are_stable_and_a_cloud_is_not() -> None:
    find = partial(k_means, count=3)
    clear = stability(heaps(), k_means(heaps(), 3, 0), find, 0)
    assert clear == [1.0] * 5
    cloud = np.random.default_rng(1).normal(size=(120, 10)).astype(np.float32)
    assert np.mean(stability(cloud, k_means(cloud, 3, 0), find, 0)) < 0.7


def test_distances_are_from_the_own_centre_or_the_nearest_one() -> None:
    points = np.array([[0, 0], [2, 0], [10, 0], [10, 4], [0, 5]], np.float32)
    found = distances_to_centres(points, np.array([0, 0, 1, 1, -1]))
    assert found.round(4).tolist() == [1, 1, 2, 2, round(26**0.5, 4)]


def test_what_lies_apart_from_all_is_an_outlier() -> None:
    points = np.concatenate([heaps(), [np.full(10, -1.0)]]).astype(np.float32)
    assert np.flatnonzero(outliers(points)).tolist() == [sum(SIZES)]
    assert not outliers(points[:1]).any()


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("method", ["kmeans", "hdbscan"])
def test_a_few_or_equal_pictures_are_clusters_too(
    tmp_path: Path, count: int, method: Method
) -> None:
    draws = np.random.default_rng(0)
    for values in (draws.normal(size=(count, 6)), np.ones((count, 6))):
        path = tmp_path / f"{values[0, 0]}.h5"
        attributes = {"backbone": "toy", "weights": "toy"}
        with building_features(path, count, {"vector": (6,)}, attributes) as built:
            built.append({"vector": values.astype(np.float16)})
        bank = FeatureBank([path], "vector")
        found = find_clusters(principal_vectors(bank, np.arange(count), 4, 0), method, None, 0)
        assert found.numbers.min() >= 1 and len(found.stability) == 5


def test_linked_points_are_as_many_clusters_as_there_are_heaps() -> None:
    apart = np.zeros((len(TRUTH), len(TRUTH)), bool)
    assert linked(heaps(), apart).tolist() == TRUTH.tolist()
    assert linked(heaps(), apart, 1).max() == 0
    assert linked(heaps()[:1], apart[:1, :1]).tolist() == [0]


def test_points_that_must_be_apart_never_share_a_cluster() -> None:
    apart = np.zeros((len(TRUTH), len(TRUTH)), bool)
    apart[0, 1] = apart[1, 0] = True
    for count in (None, 1, 3):
        found = linked(heaps(), apart, count)
        assert found[0] != found[1]
