from pipeline.illustrations.duplicates.duplicates_file import Duplicate, duplicates_of
from pipeline.illustrations.duplicates.finding import Pair

NAMES = ["a", "b", "c", "d", "e", "f"]


def test_groups_hold_equal_and_alike_pictures_each_with_what_it_is_most_like() -> None:
    rows = [0, 1, 0, 2, 3, 4]  # c equals a
    pairs = [Pair(0, 2, True, 3.0), Pair(2, 3, False, 1.5), Pair(0, 3, False, 9.0)]
    assert list(duplicates_of(NAMES, rows, pairs)) == [
        Duplicate(group=1, frame=0, picture="a"),
        Duplicate(group=1, frame=2, picture="c", like="a"),
        Duplicate(group=1, frame=3, picture="d", like="e", difference=1.5),
        Duplicate(group=1, frame=4, picture="e", like="d", difference=1.5),
    ]


def test_without_pairs_there_are_no_groups() -> None:
    assert list(duplicates_of(NAMES, [5, 4, 3, 2, 1, 0], [])) == []
