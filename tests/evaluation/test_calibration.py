"""The error of probabilities that do not mean what they say."""

import numpy as np
import pytest

from pipeline.evaluation.calibration import calibration_error, reliability


def test_what_comes_true_as_often_as_said_has_no_error() -> None:
    said = np.repeat([0.25, 0.75], 4).reshape(2, 4)
    came = np.array([[1, 0, 0, 0], [1, 1, 1, 0]], bool)
    assert calibration_error(said, came) == 0


def test_bins_count_by_their_predictions() -> None:
    said = np.array([0.1, 0.1, 0.1, 1.0])
    came = np.array([False, False, False, False])

    assert calibration_error(said, came) == pytest.approx((3 * 0.1 + 1.0) / 4)
    assert [one.count for one in reliability(said, came)] == [3, 1]
