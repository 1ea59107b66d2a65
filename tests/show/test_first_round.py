"""What a made-up person says of faces before anybody else does."""

from __future__ import annotations

from collections import Counter

import pytest

from pipeline.show.album_truth import AlbumTruth, Person, StillTruth
from pipeline.show.first_round import first_round
from pipeline.show.spec import AlbumSpec
from pipeline.show.truth import FaceTruth

HIDDEN = Person("タマ", "standing", (0, 0, 50, 50), FaceTruth((0, 0, 40, 40), 0.1))
SMALL = Person("ハナ", "standing", (0, 0, 20, 20), FaceTruth((60, 0, 80, 20), 1.0))
LARGE = Person("ミオ", "dancing", (0, 0, 90, 90), FaceTruth((0, 0, 60, 70), 1.0))
ASLEEP = Person("ミオ", "sleeping", (0, 0, 90, 90), FaceTruth((0, 0, 60, 70), 1.0))
COMPANIES = [(), (HIDDEN,), (SMALL,), (SMALL, LARGE), (), (SMALL,), (), (ASLEEP,)]


@pytest.fixture(scope="module")
def truth() -> AlbumTruth:
    stills = [StillTruth(f"{n:02}.png", n, "beach", COMPANIES[n % 8]) for n in range(40)]
    spec = AlbumSpec(stills=len(stills))
    return AlbumTruth(made_by="", spec=spec, cast=(), stills=tuple(stills), jokes=())


def test_faces_that_can_be_seen_are_boxed_and_pictures_without_any_are_said_to_be_so(
    truth: AlbumTruth,
) -> None:
    said = first_round(truth, boxed=40, rated=40)
    boxes = Counter(one.box for one in said if not one.weight)
    assert boxes == {None: 20, (60, 0, 80, 20): 15, (0, 0, 60, 70): 10}


def test_faces_that_are_large_enough_are_rated_and_a_quarter_of_them_again(
    truth: AlbumTruth,
) -> None:
    rated = [one for one in first_round(truth, boxed=40, rated=40) if one.weight]
    assert {one.box for one in rated} == {(0, 0, 60, 70)}
    assert Counter(Counter(one.picture for one in rated).values()) == {1: 7, 2: 3}


def test_it_is_the_same_each_time(truth: AlbumTruth) -> None:
    assert first_round(truth, boxed=9, rated=20) == first_round(truth, boxed=9, rated=20)
