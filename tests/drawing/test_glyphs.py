import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.drawing.fonts import font_for, main_font
from pipeline.drawing.glyphs import TextMask, Typeface, clean_text, squeeze

UNASSIGNED = "\U000e0fff"


def drawn(text: str, size: float = 40.0, outline: float = 2.0) -> TextMask:
    return Typeface().draw(text, size=size, baseline=size, pitch=size * 1.1, outline=outline)


def ink_width(text: str) -> int:
    return int(np.flatnonzero(drawn(text).fill.any(axis=0))[-1]) + 1


def test_widths_are_those_of_the_font() -> None:
    face = Typeface()
    assert face.width("あ") == 1
    assert face.width("ｱ") == 0.5
    assert face.width("i") < face.width("W") < 1
    assert face.width("あ\nああ\nあ") == 2
    assert face.width("") == 0


@settings(deadline=None)
@given(st.text("あW漢iｱ 　\n"), st.text("あW漢iｱ 　", max_size=3))
def test_a_longer_text_is_never_narrower(text: str, more: str) -> None:
    face = Typeface()
    assert face.width(text + more) >= face.width(text) >= 0


def test_ink_grows_with_the_text_and_stays_near_its_width() -> None:
    widths = [ink_width("あ" * count) for count in range(1, 6)]
    assert widths == sorted(set(widths))
    assert widths[-1] == pytest.approx(5 * 40, abs=6)


def test_the_outline_surrounds_the_face() -> None:
    mask = drawn("あ", outline=3)
    rows, columns = (np.flatnonzero(mask.fill.any(axis=axis)) for axis in (1, 0))
    around_rows, around_columns = (np.flatnonzero(mask.outline.any(axis=axis)) for axis in (1, 0))
    assert rows[0] - around_rows[0] == pytest.approx(3, abs=1)
    assert around_columns[-1] - columns[-1] == pytest.approx(3, abs=1)
    assert mask.fill.max() == mask.outline.max() == 255


def test_lines_lie_one_pitch_apart() -> None:
    one, two = drawn("一"), drawn("一\n一")
    assert two.fill.shape[0] - one.fill.shape[0] == 44
    assert np.array_equal(two.fill[44:], one.fill)


def test_spaces_tabs_and_steering_marks_move_the_pen_only() -> None:
    face = Typeface()
    assert clean_text("a\tb\r\nc\rd\ud83d") == "a  b\nc\nd\ufffd"
    assert clean_text("\ud83d\ude00") == "😀"
    assert face.width("　") == face.width("\u2003") == 1
    assert face.width("あ\ufe0f\u200d\u200b") == 1
    assert drawn(" 　\u2003\u200b").fill.size == 0
    assert face.missing == set()


def test_missing_characters_are_reported_and_drawn_hollow() -> None:
    face = Typeface()
    assert font_for("あ") == main_font()
    assert font_for(UNASSIGNED) is None
    assert face.width(f"あ{UNASSIGNED}") > 1
    mask = face.draw(UNASSIGNED, size=60, baseline=60, pitch=60, outline=2)
    middle = mask.fill[mask.fill.shape[0] // 2]
    assert face.missing == {UNASSIGNED}
    assert middle.max() == 255
    assert middle[len(middle) // 2] == 0


@pytest.mark.parametrize("size", [1.0, 2.5, 7.0])
def test_tiny_text_can_be_drawn(size: float) -> None:
    assert drawn(f"あ{UNASSIGNED}", size=size, outline=1).fill.any()


def test_squeezing_keeps_the_height_and_narrows_the_width() -> None:
    mask = drawn("漢字")
    narrow = squeeze(mask, 4 / 3)
    assert narrow.fill.shape == (mask.fill.shape[0], round(mask.fill.shape[1] * 3 / 4))
    assert narrow.fill.sum() == pytest.approx(mask.fill.sum() * 3 / 4, rel=0.02)
    assert squeeze(mask, 1.0) is mask
