"""Which pictures to correct first, and what there was to correct."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.faces.detection.review import review_order, round_line, rounds
from pipeline.faces.detection.suggestions import Candidate, Suggestion
from pipeline.labels.record import Label

_EDGES = st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(5, 20), st.integers(5, 20))
_BOXES = st.lists(_EDGES.map(lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])), max_size=5)


def candidate(probability: float, *names: str, at: float = 0) -> Candidate:
    found = dict.fromkeys(names or ("a",), probability)
    return Candidate((at, 0, at + 10, 10), probability, found, probability >= 0.5)


def suggestion(
    picture: str, *candidates: Candidate, detectors: tuple[str, ...] = ("a",)
) -> Suggestion:
    return Suggestion(
        picture=picture, detectors=list(detectors), corrected=0, candidates=list(candidates)
    )


def test_doubtful_pictures_come_first_and_say_why() -> None:
    order = review_order(
        [
            suggestion("sure", candidate(0.98)),
            suggestion("empty"),
            suggestion("doubtful", candidate(0.55), candidate(0.9, at=50)),
            suggestion("more", candidate(0.6), candidate(0.4, at=50)),
        ]
    )
    assert [one.picture for one in order] == ["more", "doubtful", "sure", "empty"]
    assert order[0].reason == "2 boxes in doubt (0.60, 0.40)"
    assert order[0].corrections == 0.8
    assert order[1].faces == 2
    assert order[2].reason == "all detectors are sure"
    assert order[3].reason == "no detector finds anything"


def test_what_not_all_detectors_find_is_to_be_looked_at() -> None:
    order = review_order(
        [
            suggestion("both", candidate(0.99, "a", "b"), detectors=("a", "b")),
            suggestion("one", candidate(0.9, "b"), detectors=("a", "b")),
            suggestion("weak", candidate(0.2, "b"), detectors=("a", "b")),
        ]
    )
    assert [one.picture for one in order] == ["one", "both", "weak"]
    assert order[0].reason == "1 box that not all detectors find"
    assert order[0].corrections == 0.25


def test_many_boxes_that_are_hardly_seen_are_no_reason() -> None:
    (order,) = review_order([suggestion("a", *(candidate(0.2, at=20 * n) for n in range(9)))])
    assert order.corrections == 0


@given(_BOXES, _BOXES)
def test_every_box_is_kept_moved_added_or_removed(
    ours: list[tuple[int, int, int, int]], theirs: list[tuple[int, int, int, int]]
) -> None:
    suggested = [Candidate(box, 0.9, {"a": 0.9}, True) for box in ours]
    people = [Label(picture="p", kind="box", value="face", box=box) for box in theirs]
    (one,) = rounds({"p": suggestion("p", *suggested)}, {"p": people, "unknown": []})
    assert one.kept + one.moved + one.added == one.faces == len(theirs)
    assert one.kept + one.moved + one.removed == len(ours)
    (same,) = rounds(
        {"p": suggestion("p", *suggested)},
        {"p": [Label(picture="p", kind="box", value="face", box=box) for box in ours]},
    )
    assert (same.kept, same.edits) == (len(ours), 0)


def test_rounds_are_told_in_their_order() -> None:
    first = suggestion("x", candidate(0.9))
    later = Suggestion(picture="y", detectors=["b"], corrected=20, candidates=[])
    face = Label(picture="y", kind="box", value="face", box=(0, 0, 9, 9))
    found = rounds({"y": later, "x": first}, {"y": [face], "x": []})
    assert [(one.corrected, one.recall) for one in found] == [(0, None), (20, 0.0)]
    assert round_line(found[1]) == (
        "after 20 pictures: 1 picture corrected, recall 0.00, 1.0 edits a picture"
        " (0 moved, 1 added, 0 removed)"
    )
