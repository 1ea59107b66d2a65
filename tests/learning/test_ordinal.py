"""Scales of scores, and intervals that hold as often as they say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.learning.heads.conformal import covered_unseen, reach
from pipeline.learning.heads.ordinal import Scale

PROBABILITIES = arrays(float, (5, 4), elements=st.floats(0, 1))


@given(PROBABILITIES, st.integers(0, 4), st.integers(0, 3), st.floats(0, 1))
def test_a_score_rises_with_every_answer(
    probabilities: np.ndarray, row: int, question: int, more: float
) -> None:
    scale = Scale(np.array([1.0, 2, 3, 4, 5]))
    before = scale.scores(probabilities)
    probabilities[row, question] = max(probabilities[row, question], more)

    after = scale.scores(probabilities)
    assert (after >= before - 1e-12).all()
    assert ((after >= 1) & (after <= 5)).all()
    assert (scale.spreads(probabilities) <= 2.1).all()


def test_a_sure_answer_is_the_score_itself() -> None:
    scores = np.array([1.0, 2, 3.5, 5])
    scale = Scale.of(scores)
    assert scale.scores(scale.questions(scores).astype(float)) == pytest.approx(scores)


def test_a_fine_scale_has_ten_levels() -> None:
    scores = np.random.default_rng(0).gamma(2, size=1000)
    scale = Scale.of(scores)
    assert len(scale.levels) == 10
    assert scale.questions(scores).mean(0) == pytest.approx(np.arange(0.9, 0, -0.1), abs=0.1)


def test_scores_of_one_value_are_no_scale() -> None:
    with pytest.raises(ValueError, match="one value"):
        Scale.of(np.full(9, 3.0))


@pytest.mark.parametrize("spread", ["even", "by how hard"])
def test_intervals_hold_as_often_as_they_say(spread: str) -> None:
    draws = np.random.default_rng(0)
    hard = draws.uniform(0.2, 2, 4000)
    errors = hard * draws.laplace(size=4000)
    spreads = hard if spread == "by how hard" else np.ones(4000)
    limit = reach(errors[:500], spreads[:500], 0.9)

    assert (np.abs(errors[500:]) <= limit * spreads[500:]).mean() == pytest.approx(0.9, abs=0.03)
    covered = covered_unseen(errors, spreads, np.arange(4000) % 5, 0.9)
    assert covered.mean() == pytest.approx(0.9, abs=0.01)


def test_of_too_few_errors_an_interval_is_everything() -> None:
    assert reach(np.ones(8), np.ones(8), 0.9) == math.inf
    assert reach(np.ones(9), np.ones(9), 0.9) == 1
