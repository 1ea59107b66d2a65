"""Thresholds: the best of all possible ones, and the widest gap."""

import numpy as np
import pytest
from sklearn.metrics import fbeta_score

from pipeline.learning.heads.thresholds import MEASURES, Measure, best_thresholds, mcut

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("measure", MEASURES)
def test_no_threshold_is_better(measure: Measure) -> None:
    probabilities = RNG.random((60, 4)).round(1).astype(np.float32)
    targets = RNG.random((60, 4)) < probabilities

    thresholds = best_thresholds(probabilities, targets, measure)

    def score(tag: int, threshold: float) -> float:
        said = probabilities[:, tag] >= threshold
        return float(fbeta_score(targets[:, tag], said, beta=float(measure[1:])))

    for tag, threshold in enumerate(thresholds):
        others = max(score(tag, other) for other in np.linspace(0, 1, 41))
        assert score(tag, threshold) == pytest.approx(others)


def test_recall_wants_lower_thresholds_than_precision() -> None:
    probabilities = RNG.random((500, 1)).astype(np.float32)
    targets = RNG.random((500, 1)) < probabilities

    low, middle, high = (best_thresholds(probabilities, targets, m)[0] for m in MEASURES[::-1])

    assert low < middle < high


def test_a_tag_without_an_example_never_holds() -> None:
    assert best_thresholds(np.ones((3, 1), np.float32), np.zeros((3, 1), bool), "f1") == [np.inf]


def test_mcut_is_in_the_middle_of_the_widest_gap() -> None:
    probabilities = np.array([[0.9, 0.1, 0.8, 0.2], [0.6, 0.5, 0.0, 0.4]], np.float32)

    np.testing.assert_allclose(mcut(probabilities), [0.5, 0.2])
