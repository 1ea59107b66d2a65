import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.danmaku.training.style import commands_of, style_classes, style_of

PLAIN = {"place": ["naka"], "size": ["medium"], "color": ["white"]}
CLASSES = {
    "place": ["naka", "ue", "shita"],
    "size": ["medium", "big"],
    "color": ["white", "red", "#00ff00"],
}
COMMANDS = ["184", "device:3DS", "naka", "ue", "shita", "big", "small", "medium", "white", "red"]


def test_plain_classes_come_first_and_others_by_frequency() -> None:
    comments = [["ue"], ["ue", "red"], ["shita", "#00FF00"], ["red"], ["184"], ["big", "naka"]]
    assert style_classes(comments) == CLASSES


def test_plain_classes_come_first_however_rare_they_are() -> None:
    assert style_classes([["ue"], ["ue"], ["naka"], ["red"]]) == {
        "place": ["naka", "ue"],
        "size": ["medium"],
        "color": ["white", "red"],
    }
    assert style_classes([]) == style_classes([[], ["184"]]) == PLAIN


def test_equally_frequent_classes_are_sorted_by_spelling() -> None:
    assert style_classes([["shita"], ["ue"]])["place"] == ["naka", "shita", "ue"]


def test_the_rarest_of_very_many_colours_are_left_out() -> None:
    shades = [f"#0000{number:02x}" for number in range(50)]
    comments = [[shade] for number, shade in enumerate(shades) for _ in range(50 - number)]
    assert style_classes(comments)["color"] == ["white", *shades[:31]]


@pytest.mark.parametrize(
    ("commands", "style"),
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
def test_what_was_never_seen_is_plain(commands: list[str], style: list[int]) -> None:
    assert style_of(commands, CLASSES) == style


@pytest.mark.parametrize(
    ("commands", "style"),
    [
        (["ue", "shita"], [1, 0, 0]),
        (["naka", "ue"], [0, 0, 0]),
        (["#123456", "red"], [0, 0, 0]),
        (["red", "#123456", "184", "shita", "white"], [2, 0, 1]),
    ],
)
def test_the_first_command_of_a_kind_decides(commands: list[str], style: list[int]) -> None:
    assert style_of(commands, CLASSES) == style


@given(st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(0, 2)))
def test_commands_have_the_style_they_were_made_from(style: tuple[int, int, int]) -> None:
    commands = commands_of(style, CLASSES)
    assert style_of(commands, CLASSES) == list(style)
    assert len(commands) == sum(index > 0 for index in style)


@given(st.lists(st.lists(st.sampled_from([*COMMANDS, "#abcdef", "cyan"]), max_size=4), max_size=8))
def test_seen_commands_come_back_as_far_as_they_decide(comments: list[list[str]]) -> None:
    classes = style_classes(comments)
    for commands in comments:
        style = style_of(commands, classes)
        again = commands_of(style, classes)
        assert style_of(again, classes) == style
        assert set(again) <= set(commands)
