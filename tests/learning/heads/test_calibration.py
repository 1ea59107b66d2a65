"""Calibrated probabilities mean what they say, and keep the order of examples."""

import numpy as np
import pytest

from pipeline.evaluation.calibration import calibration_error
from pipeline.learning.heads.calibration import ISOTONIC_FROM, Calibration, calibrated_unseen

RNG = np.random.default_rng(0)


def overconfident(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Log-odds three times too large, and what came."""
    meant = RNG.normal(size=(count, 1)) - 1
    return (3 * meant).astype(np.float32), RNG.random((count, 1)) < 1 / (1 + np.exp(-meant))


@pytest.mark.parametrize("count", [ISOTONIC_FROM, 20 * ISOTONIC_FROM])  # Platt's, and a curve
def test_overconfidence_is_mended_on_unseen_examples(count: int) -> None:
    logits, came = overconfident(count)
    calibration = Calibration.fit(logits, came)
    unseen, truth = overconfident(5000)

    before = calibration_error(1 / (1 + np.exp(-unseen)), truth)
    assert calibration_error(calibration(unseen), truth) < before / 2
    assert (len(calibration.knots) > 0) == (came.sum() >= ISOTONIC_FROM)


def test_probabilities_rise_with_the_log_odds_and_are_no_certainties() -> None:
    calibration = Calibration.fit(*overconfident(2000))

    probabilities = calibration(np.linspace(-30, 30, 100, dtype=np.float32)[:, None])[:, 0]

    assert (np.diff(probabilities) >= 0).all()
    assert 0 < probabilities[0] < probabilities[-1] < 1


def test_a_tag_that_no_example_has_stays_as_it_is() -> None:
    logits = RNG.normal(size=(50, 1)).astype(np.float32)

    calibration = Calibration.fit(logits, np.zeros((50, 1), bool))

    np.testing.assert_allclose(calibration(logits), 1 / (1 + np.exp(-logits)), rtol=1e-5)


def test_a_fold_is_calibrated_by_the_others() -> None:
    logits, came = overconfident(400)
    fold = np.repeat([0, 1], 200)
    changed = came.copy()
    changed[:200] = ~came[:200]

    probabilities = calibrated_unseen(logits, came, fold)

    np.testing.assert_array_equal(
        calibrated_unseen(logits, changed, fold)[:200], probabilities[:200]
    )


def test_examples_that_are_told_apart_do_not_lift_the_others() -> None:
    """A step far below is no slope: what lies on it is as improbable as ever."""
    logits = np.concatenate([RNG.normal(-6, 2, 2000), np.full(200, 5.0)])[:, None]
    came = np.arange(2200)[:, None] >= 2000

    probabilities = Calibration.fit(logits.astype(np.float32), came)(logits.astype(np.float32))

    assert probabilities[:2000].mean() < 0.02
