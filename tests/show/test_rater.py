from itertools import product

import numpy as np
import pytest

from pipeline.show.album_truth import Person
from pipeline.show.rater import TASTES, stars
from pipeline.show.script import ACTIONS, CAST
from pipeline.show.truth import FaceTruth

FACES = [
    Person(name=name, action=action, box=(0, 0, 50, 50), face=FaceTruth((0, 0, side, side), 1.0))
    for name, action, side in product(CAST, ACTIONS, (10, 40))
]
"""Everybody at everything, near and far."""


def likings(taste: str) -> list[float]:
    return [TASTES[taste].liking(person) for person in FACES]


@pytest.mark.parametrize("taste", TASTES)
def test_every_star_is_given_to_a_fifth_of_the_faces(taste: str) -> None:
    given = stars(likings(taste) * 50, 0.6, np.random.default_rng(0))
    assert np.bincount(given).tolist()[1:] == [len(given) // 5] * 5


def test_without_moods_more_is_never_fewer_stars() -> None:
    liked = np.array(likings("cheerful"))
    given = stars(liked.tolist(), 0.0, np.random.default_rng(0))
    order = np.argsort(liked, kind="stable")
    assert (np.diff(given[order]) >= 0).all()


@pytest.mark.parametrize(("mood", "reliability"), [(0.3, 0.9), (1.0, 0.5)])
def test_moods_make_two_days_differ(mood: float, reliability: float) -> None:
    liked = likings("dreamy") * 60
    days = [stars(liked, mood, np.random.default_rng(day)) for day in (1, 2)]
    assert np.corrcoef(np.array(days, float))[0, 1] == pytest.approx(reliability, abs=0.1)


def test_tastes_differ() -> None:
    found = np.corrcoef([likings(taste) for taste in TASTES])
    assert np.abs(found[np.triu_indices(3, 1)]).max() < 0.6
