"""Average precision: as sklearn's, and its intervals."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from pipeline.evaluation.average_precision import average_precisions, mean_average_precision

RNG = np.random.default_rng(0)
TARGETS = RNG.random((300, 5)) < 0.2
SCORES = (TARGETS + RNG.normal(size=TARGETS.shape)).round(1)  # with ties
UNITS = np.arange(300) // 3


def test_it_is_sklearns() -> None:
    expected = [average_precision_score(t, s) for t, s in zip(TARGETS.T, SCORES.T, strict=True)]
    np.testing.assert_allclose(average_precisions(SCORES, TARGETS), expected)


def test_a_constant_has_the_share_of_positives() -> None:
    constant = np.zeros(TARGETS.shape)
    np.testing.assert_allclose(average_precisions(constant, TARGETS), TARGETS.mean(0))


def test_intervals_are_around_the_mean() -> None:
    found = mean_average_precision(SCORES, np.tile(TARGETS[:, :1], 5), UNITS)

    assert found.over_units.low is not None
    assert found.over_units.high is not None
    assert found.over_units.low < found.by_tag.mean() < found.over_units.high
    assert found.over_tags.low is None  # five are too few


def test_an_interval_over_units_is_wider_where_these_are_larger() -> None:
    copies = np.repeat(SCORES, 4, 0), np.repeat(TARGETS, 4, 0)

    def width(units: np.ndarray) -> float:
        found = mean_average_precision(*copies, units).over_units
        assert found.low is not None
        assert found.high is not None
        return found.high - found.low

    assert width(np.arange(1200) // 4) > 1.5 * width(np.arange(1200))


def test_a_tag_without_an_example_has_none() -> None:
    with pytest.raises(ValueError, match="example"):
        average_precisions(SCORES, np.zeros_like(TARGETS))
