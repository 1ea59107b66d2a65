"""A tagger measured by the tags that people gave a collection."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.illustrations.collection_evaluation import CollectionEvaluation, evaluate_collection
from pipeline.illustrations.picture_tags import PictureTags, Tag
from pipeline.illustrations.tag_probabilities import TagProbabilities
from pipeline.labels.record import By
from pipeline.runtime.arrays import Bools, Float32s

COUNT = 60
NAMES = ("cat", "night")


def truth(seed: int = 0) -> Bools:
    """(60, 2) the second tag is on two pictures alone."""
    holds = np.random.default_rng(seed).random((COUNT, 2)) < 0.5
    holds[:, 1] = np.arange(COUNT) < 2
    return holds


def tagger(probabilities: Float32s) -> TagProbabilities:
    return TagProbabilities(
        names=NAMES,
        groups=("general", "general"),
        thresholds=np.full(2, 0.5, np.float32),
        probabilities=probabilities.astype(np.float16),
        tagger="toy",
    )


def evaluated(
    probabilities: Float32s, holds: Bools, by: By = "person", *, learned: bool = False
) -> CollectionEvaluation:
    pictures = [
        PictureTags(
            frame=frame,
            picture=f"{frame}.png",
            tags=(
                Tag(name="beautiful", by=by),  # which the tagger does not know
                *(Tag(name=NAMES[k], by=by) for k in np.flatnonzero(row)),
            ),
        )
        for frame, row in enumerate(holds)
    ]
    rows = np.arange(COUNT)
    model = tagger(probabilities)
    return evaluate_collection(pictures, rows, model, "picture", has_learned_from_it=learned)


def test_who_knows_all_is_perfect() -> None:
    holds = truth()
    found = evaluated(holds.astype(np.float32), holds)
    assert found.figures is not None
    assert (found.pictures, found.units, found.is_fair) == (COUNT, COUNT, True)
    assert found.figures.tags == {"cat": 1.0}  # the other one is too rare
    assert found.figures.decisions.f1 == 1
    assert found.figures.calibrated.error == 0
    assert found.figures.prior.over_tags.mean == pytest.approx(holds[:, 0].mean())


def test_who_says_the_same_of_all_is_no_better_than_chance() -> None:
    found = evaluated(np.full((COUNT, 2), 0.4, np.float32), truth())
    assert found.figures is not None
    assert found.figures.precision == found.figures.prior
    assert found.figures.calibrated.sure is None


def test_probabilities_beyond_a_half_are_told_by_themselves() -> None:
    said = np.zeros((COUNT, 2), np.float32)
    said[:40, 0] = 0.75
    holds = np.zeros((COUNT, 2), bool)
    holds[:30, 0] = True
    found = evaluated(said, holds)
    assert found.figures is not None and found.figures.calibrated.sure is not None
    sure = found.figures.calibrated.sure
    assert (sure.count, sure.said, sure.came.mean) == (40, 0.75, 0.75)
    assert sure.came.low is not None and sure.came.low < 0.75


@pytest.mark.parametrize("by", ["model", "person"])
def test_without_tags_by_people_there_is_nothing_to_measure_by(by: By) -> None:
    holds = truth() if by == "model" else np.zeros((COUNT, 2), bool)
    found = evaluated(np.full((COUNT, 2), 0.5, np.float32), holds, by)
    assert found.figures is None and not found.is_fair
    assert "too few" in found.summary


def test_what_was_learned_from_is_no_fair_test() -> None:
    holds = truth()
    found = evaluated(holds.astype(np.float32), holds, learned=True)
    assert not found.is_fair
    assert "no fair test" in found.summary
