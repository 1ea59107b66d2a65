"""Scores of several raters, and the noise in them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.faces.scores.raters import Ratings, noise_of

SCORES = st.lists(st.lists(st.integers(1, 5), min_size=3, max_size=3), min_size=2, max_size=20)


def complete(table: np.ndarray) -> Ratings:
    """Ratings of all examples (n, raters) by all raters."""
    example, rater = (indices.ravel() for indices in np.indices(table.shape))
    return Ratings(example, rater, table.ravel().astype(float))


@given(SCORES, st.lists(st.floats(-2, 2), min_size=3, max_size=3))
def test_how_generous_raters_are_does_not_matter(
    table: list[list[int]], offsets: list[float]
) -> None:
    plain = np.array(table, float)
    moved = plain + offsets
    means = complete(plain).means()
    assert complete(moved).means() == pytest.approx(means + np.mean(offsets), abs=1e-4)


def test_a_strict_rater_of_other_pictures_is_told_from_worse_pictures() -> None:
    truth = np.arange(40) % 5 + 1.0
    strict = truth - 2
    example = np.concatenate([np.arange(0, 25), np.arange(15, 40)])  # ten in common
    rater = np.repeat([0, 1], 25)
    ratings = Ratings(example, rater, np.where(rater == 0, truth[example], strict[example]))

    means = ratings.means()
    assert np.corrcoef(means, truth)[0, 1] == pytest.approx(1)
    assert ratings.offsets() == pytest.approx([1, -1], abs=1e-3)


def test_a_reversed_scale_is_noticed() -> None:
    truth = np.random.default_rng(0).integers(1, 6, 30)
    ratings = complete(np.stack([truth, truth, 6 - truth], 1))
    assert ratings.contrary() == [2]
    assert complete(np.stack([truth, truth], 1)).contrary() == []


def test_of_two_who_contradict_each_other_the_one_with_fewer_scores_is_contrary() -> None:
    truth = np.random.default_rng(0).integers(1, 6, 30)
    both = complete(np.stack([truth, 6 - truth], 1))
    fewer = Ratings(both.example[:-1], both.rater[:-1], both.score[:-1])
    assert fewer.contrary() == [1]


def test_noise_is_what_raters_say_differently_the_second_time() -> None:
    draws = np.random.default_rng(0)
    meant = draws.normal(size=1000)
    said = np.stack([meant + 0.5 * draws.normal(size=1000) for _ in range(2)])
    example = np.tile(np.arange(1000), 2)
    ratings = Ratings(example, np.zeros(2000, int), said.ravel())
    noise = noise_of(ratings, ratings.means())

    assert noise is not None
    assert noise.variance.mean == pytest.approx(0.25, rel=0.15)
    # Of the mean of two days.
    assert noise.reliability == pytest.approx(1 / (1 + 0.125), rel=0.05)
    assert np.corrcoef(meant, ratings.means())[0, 1] == pytest.approx(noise.ceiling, abs=0.02)


def test_without_second_scores_nobody_knows_the_noise() -> None:
    ratings = complete(np.arange(20)[:, None] % 5)
    assert noise_of(ratings, ratings.means()) is None
