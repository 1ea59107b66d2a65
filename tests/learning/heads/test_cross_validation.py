"""What a head says of examples is said by one that has not seen them, nor anything of theirs."""

import numpy as np

from pipeline.learning.heads.cross_validation import (
    Trial,
    best,
    cross_validated,
    folds_of,
    unseen_logits,
)

RNG = np.random.default_rng(0)


def trial(name: str, logit: float, loss: list[float]) -> Trial:
    return Trial(name, 1.0, np.full((4, 1), logit, np.float32), np.array(loss))


def test_a_unit_is_never_in_two_folds() -> None:
    units = RNG.integers(20, size=200)

    fold = folds_of(units, seed=1)

    assert sorted(set(fold)) == [0, 1, 2, 3, 4]
    assert all(len(set(fold[units == unit])) == 1 for unit in range(20))


def test_as_many_folds_as_units_where_there_are_few() -> None:
    assert sorted(folds_of(np.array([7, 7, 9]), seed=1)) in ([0, 0, 1], [0, 1, 1])


def test_what_cannot_be_known_of_unseen_units_is_not_known() -> None:
    units = np.repeat(np.arange(40), 5)
    features = np.eye(40, dtype=np.float32)[units]  # only tells which unit it is
    targets = (RNG.random(40) < 0.5)[units][:, None]

    (fitted,) = cross_validated("unit", features, targets, folds_of(units, 1), [1.0])

    within = [np.ptp(fitted.logits[folds_of(units, 1) == fold]) for fold in range(5)]
    np.testing.assert_allclose(within, 0, atol=1e-4)


def test_the_choice_for_a_fold_is_made_on_the_others() -> None:
    lucky = trial("lucky", 1.0, [0.0, 9.0])  # the best on fold 0 alone
    steady = trial("steady", 2.0, [5.0, 5.0])

    logits = unseen_logits([lucky, steady], np.array([0, 0, 1, 1]))

    assert best([lucky, steady]) is lucky
    assert logits[:, 0].tolist() == [2.0, 2.0, 1.0, 1.0]
