import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.captioning.looks import Looks

PLAIN = Looks(["naka"], ["medium"], ["white"])
LOOKS = Looks(["naka", "ue", "shita"], ["medium", "big"], ["white", "red", "#00ff00"])
COMMANDS = ["184", "device:3DS", "naka", "ue", "shita", "big", "small", "medium", "white", "red"]


def test_plain_looks_come_first_and_others_by_how_many_there_are() -> None:
    comments = [["ue"], ["ue", "red"], ["shita", "#00FF00"], ["red"], ["184"], ["big", "naka"]]
    assert Looks.of(comments) == LOOKS


def test_plain_looks_come_first_however_few_there_are() -> None:
    assert Looks.of([["ue"], ["ue"], ["naka"], ["red"]]).choices == (
        ["naka", "ue"],
        ["medium"],
        ["white", "red"],
    )
    assert Looks.of([]) == Looks.of([[], ["184"]]) == PLAIN


def test_equally_frequent_ones_come_in_order_of_their_letters() -> None:
    assert Looks.of([["shita"], ["ue"]]).place == ["naka", "shita", "ue"]


def test_the_rarest_of_very_many_colours_are_left_out() -> None:
    shades = [f"#0000{number:02x}" for number in range(50)]
    comments = [[shade] for number, shade in enumerate(shades) for _ in range(50 - number)]
    assert Looks.of(comments).color == ["white", *shades[:31]]


@pytest.mark.parametrize(
    ("commands", "classes"),
    [
        ([], [0, 0, 0]),
        (["184", "naka", "medium", "white"], [0, 0, 0]),
        (["shita"], [2, 0, 0]),
        (["red", "BIG", "Ue"], [1, 1, 1]),
        (["#00Ff00"], [0, 0, 2]),
        (["#00ff01"], [0, 0, 0]),
        (["small", "purple"], [0, 0, 0]),
    ],
)
def test_what_was_never_seen_is_plain(commands: list[str], classes: list[int]) -> None:
    assert LOOKS.classes(commands) == classes


@pytest.mark.parametrize(
    ("commands", "classes"),
    [
        (["ue", "shita"], [1, 0, 0]),
        (["naka", "ue"], [0, 0, 0]),
        (["#123456", "red"], [0, 0, 0]),
        (["red", "#123456", "184", "shita", "white"], [2, 0, 1]),
    ],
)
def test_the_first_word_of_a_kind_decides(commands: list[str], classes: list[int]) -> None:
    assert LOOKS.classes(commands) == classes


@given(st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(0, 2)))
def test_commands_have_the_classes_they_were_made_from(classes: tuple[int, int, int]) -> None:
    commands = LOOKS.commands(classes)
    assert LOOKS.classes(commands) == list(classes)
    assert len(commands) == sum(index > 0 for index in classes)


@given(st.lists(st.lists(st.sampled_from([*COMMANDS, "#abcdef", "cyan"]), max_size=4), max_size=8))
def test_seen_commands_come_back_as_far_as_they_decide(comments: list[list[str]]) -> None:
    looks = Looks.of(comments)
    for commands in comments:
        classes = looks.classes(commands)
        again = looks.commands(classes)
        assert looks.classes(again) == classes
        assert set(again) <= set(commands)
