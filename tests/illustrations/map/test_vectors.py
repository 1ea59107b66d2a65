"""Directions of vectors, and the nearest of each."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from pipeline.illustrations.map import vectors
from pipeline.illustrations.map.vectors import directions, nearest, principal_components


def test_directions_are_standardised_and_of_length_one() -> None:
    values = np.random.default_rng(0).normal(5, [1, 100, 3], (40, 3)).astype(np.float16)
    found = directions(values)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    standardised = (values - values.mean(0, np.float64)) / values.std(0, dtype=np.float64)
    cosines = 1 - cdist(standardised, standardised, "cosine")
    assert np.allclose(found @ found.T, cosines, atol=1e-2)


def test_a_channel_that_never_changes_says_nothing() -> None:
    values = np.random.default_rng(0).normal(size=(10, 2))
    constant = np.full((10, 1), 0.1)
    found = directions(np.hstack([values, constant]))
    assert np.allclose(found, np.pad(directions(values), ((0, 0), (0, 1))), atol=1e-6)
    assert not np.isnan(directions(constant)).any()


def test_the_nearest_are_those_of_all_distances(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "_BATCH", 7)
    points = np.random.default_rng(0).normal(size=(50, 4))
    indices, distances = nearest(points, 5)
    every = cdist(points, points)
    np.fill_diagonal(every, np.inf)
    assert np.array_equal(indices, np.argsort(every, axis=1)[:, :5])
    assert np.allclose(distances, np.sort(every, axis=1)[:, :5], atol=1e-3)


def test_a_point_has_no_more_neighbours_than_there_are_others() -> None:
    indices, distances = nearest(np.zeros((3, 2)), 10)
    assert indices.tolist() == [[1, 2], [0, 2], [0, 1]]
    assert distances.max() == 0
    assert nearest(np.zeros((1, 2)), 10)[0].shape == (1, 0)


def test_principal_components_are_those_of_a_library() -> None:
    from sklearn.decomposition import PCA

    points = np.random.default_rng(0).normal(size=(50, 4), scale=[1, 5, 2, 0.1]).astype(np.float32)
    found, expected = principal_components(points, 2), PCA(2).fit_transform(points)
    signs = np.sign((found * expected).sum(0))
    assert np.allclose(found, expected * signs, atol=1e-4)
    assert principal_components(points[:1], 50).shape == (1, 1)
