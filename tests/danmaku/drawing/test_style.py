import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.danmaku.drawing.style import Style, parse_style
from pipeline.lettering.colors import BLACK, WHITE


def test_without_commands_a_comment_is_white_and_medium_and_scrolls_for_three_seconds() -> None:
    assert parse_style((), "text") == Style("naka", "medium", WHITE, 1.0, 3.0)


def test_every_category_is_read_whatever_its_case() -> None:
    style = parse_style(("UE", "Big", "RED", "184", "@5", "Full", "ENDER", "_LIVE"), "text")
    assert style == Style("ue", "big", (255, 0, 0), 0.5, 5.0, full=True, ender=True)


def test_the_first_word_of_a_category_wins() -> None:
    style = parse_style(("shita", "ue", "small", "big", "#123456", "red", "@2", "@9"), "text")
    assert style == Style("shita", "small", (0x12, 0x34, 0x56), 1.0, 2.0)


def test_unknown_words_mean_nothing() -> None:
    words = ("", "uee", "#12345", "#ggg", "@", "@x", "@nan", "@1e3", "@٣", "device:3DS")
    assert parse_style(words, "text") == Style()


@pytest.mark.parametrize(
    ("word", "color"),
    [
        ("black", BLACK),
        ("pink", (0xFF, 0x80, 0x80)),
        ("truered", (0xCC, 0, 0x33)),
        ("nobleviolet", (0x66, 0x33, 0xCC)),
        ("#f80", (0xFF, 0x88, 0)),
        ("#FF8001", (0xFF, 0x80, 0x01)),
    ],
)
def test_colors(word: str, color: tuple[int, int, int]) -> None:
    assert parse_style((word,), "text").color == color


@pytest.mark.parametrize(
    ("word", "seconds"),
    [("@10", 10.0), ("@.5", 0.5), ("＠1.25", 1.25), ("@0", 3.0), ("@-4", 3.0), ("@999", 120.0)],
)
def test_seconds(word: str, seconds: float) -> None:
    assert parse_style((word,), "text").seconds == seconds


def test_scripts_and_the_invisible_command_hide_a_comment() -> None:
    assert parse_style((), "/vote start").invisible
    assert parse_style(("invisible",), "text").invisible
    assert not parse_style((), "1/2").invisible


@settings(deadline=None)
@given(st.lists(st.text() | st.from_regex("[@#][0-9a-fA-F.+-]*", fullmatch=True)), st.text())
def test_any_words_give_a_style_that_can_be_drawn(words: list[str], text: str) -> None:
    style = parse_style(words, text)
    assert 0 < style.seconds <= 120
    assert all(0 <= value <= 255 for value in style.color)
