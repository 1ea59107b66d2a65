"""Logistic regression of many tags: as sklearn's of each."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from pipeline.learning.heads.logistic import LogisticHead, fit_logistic, nats

RNG = np.random.default_rng(0)
FEATURES = RNG.normal(size=(200, 6)).astype(np.float32)
EFFECTS = RNG.normal(size=(6, 3)).astype(np.float32)
TARGETS = RNG.random((200, 3)) < 1 / (1 + np.exp(-(FEATURES @ EFFECTS - 1)))


@pytest.mark.parametrize("penalty", [1.0, 30.0])
def test_every_tag_is_fitted_as_if_alone(penalty: float) -> None:
    head = fit_logistic(FEATURES, TARGETS, penalty)

    for tag in range(3):
        alone = LogisticRegression(C=1 / penalty, tol=1e-8).fit(FEATURES, TARGETS[:, tag])
        np.testing.assert_allclose(head.weights[:, tag], alone.coef_[0], atol=2e-3)
        np.testing.assert_allclose(head.bias[tag], alone.intercept_[0], atol=2e-3)


def test_a_start_changes_nothing_but_the_way() -> None:
    near = fit_logistic(FEATURES, TARGETS, 30.0)

    np.testing.assert_allclose(
        fit_logistic(FEATURES, TARGETS, 10.0, start=near).weights,
        fit_logistic(FEATURES, TARGETS, 10.0).weights,
        atol=2e-3,
    )


def test_a_tag_of_all_examples_or_of_none_is_no_certainty() -> None:
    targets = TARGETS.copy()
    targets[:, 0], targets[:, 1] = True, False

    head = fit_logistic(FEATURES, targets, 1.0)

    assert np.isfinite(head.bias).all()
    assert not head.weights[:, :2].any()
    assert head.bias[0] > 0 > head.bias[1]


def test_nats_are_of_what_came() -> None:
    head = LogisticHead(np.zeros((6, 3), np.float32), np.log(np.full(3, 1 / 3, np.float32)))

    surprise = nats(head.logits(FEATURES), TARGETS)  # the probability is a quarter

    np.testing.assert_allclose(surprise, np.where(TARGETS, -np.log(0.25), -np.log(0.75)), rtol=1e-5)
