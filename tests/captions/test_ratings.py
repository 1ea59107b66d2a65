import numpy as np
import pytest

from pipeline.captioning.caption_set import UNKNOWN_STYLE
from pipeline.captions.ratings import (
    CLASSES,
    expected_rating,
    rating_classes,
    rating_ranks,
    rating_weights,
)


def test_ranks_are_spread_evenly_whatever_the_scale() -> None:
    assert rating_ranks([[1, 10, 100, 1000]]).tolist() == [0.125, 0.375, 0.625, 0.875]


def test_equal_ratings_share_a_rank() -> None:
    assert rating_ranks([[5, 5, 5]]).tolist() == [0.5, 0.5, 0.5]
    assert rating_ranks([[2, 1, 2, 3]]).tolist() == [0.5, 0.125, 0.5, 0.875]


def test_a_missing_rating_has_no_rank_and_is_not_counted() -> None:
    ranks = rating_ranks([[None, 1.0, None, 2.0]])
    assert np.isnan(ranks).tolist() == [True, False, True, False]
    assert ranks[[1, 3]].tolist() == [0.25, 0.75]
    assert np.isnan(rating_ranks([[None, None]])).all()


def test_collections_with_other_scales_are_ranked_by_themselves() -> None:
    ranks = rating_ranks([[1, 2], [], [100, 500]])
    assert ranks.tolist() == [0.25, 0.75, 0.25, 0.75]


def test_weights_are_one_on_average_and_without_a_rating() -> None:
    ranks = rating_ranks([[3, 1, 4, 1, 5, 9, 2, 6, None]])
    weights = rating_weights(ranks)
    assert weights[-1] == 1
    assert weights.mean() == pytest.approx(1)
    assert np.argsort(weights[:-1], kind="stable").tolist() == [1, 3, 6, 0, 2, 4, 7, 5]


def test_classes_are_fifths_and_unknown_without_a_rating() -> None:
    ranks = rating_ranks([[*range(100), None]])
    classes = rating_classes(ranks)
    assert classes[-1] == UNKNOWN_STYLE
    assert np.bincount(classes[:-1]).tolist() == [20] * len(CLASSES)
    assert (np.diff(classes[:-1]) >= 0).all()


def test_the_expected_rating_is_that_of_the_classes() -> None:
    certain = expected_rating(np.eye(len(CLASSES)))
    assert certain.tolist() == pytest.approx([0.1, 0.3, 0.5, 0.7, 0.9])
    assert expected_rating(np.full((1, len(CLASSES)), 0.2)).tolist() == pytest.approx([0.5])
