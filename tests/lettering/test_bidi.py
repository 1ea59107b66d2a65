import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.lettering.bidi import levels, visual_order


def shown(line: str) -> str:
    """Capitals are Hebrew, as in the examples of UAX #9."""
    hebrew = "".join(chr(0x5D0 + ord(c) - ord("A")) if "A" <= c <= "Z" else c for c in line)
    return "".join(line[place] for place in visual_order(levels(hebrew)))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("abc 123", "abc 123"),
        ("car means CAR.", "car means RAC."),
        ("CAR means car", "means car RAC"),
        ("ABC 123 def", "def 123 CBA"),
        ("abc DEF 12:30 GHI xyz", "abc IHG 12:30 FED xyz"),
        ("ABC 10% DEF", "FED 10% CBA"),
        ("ABC!", "!CBA"),
        ("abc DEF!", "abc FED!"),
        ("あ ABC い", "あ CBA い"),
        ("", ""),
    ],
)
def test_lines_are_ordered_as_they_are_read(line: str, expected: str) -> None:
    assert shown(line) == expected


def test_arabic_makes_numbers_its_own() -> None:
    assert levels("\u0628 1,2") == [1, 1, 2, 2, 2]
    assert levels("a\u0628 1") == [0, 1, 1, 2]


@given(st.text("ab12 ,.+%אבب٣😀", max_size=30))
def test_every_part_is_drawn_once(line: str) -> None:
    assert sorted(visual_order(levels(line))) == list(range(len(line)))


@given(st.text("ab12 ,.+%あ😀٣", max_size=30))
def test_without_letters_from_right_to_left_nothing_moves(line: str) -> None:
    assert visual_order(levels(line)) == list(range(len(line)))
