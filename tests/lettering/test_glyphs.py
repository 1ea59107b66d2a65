from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.lettering.fonts import font_for
from pipeline.lettering.glyphs import Typeface, clean_text
from pipeline.lettering.masks import Mask, TextMask, squeeze
from pipeline.runtime.paths import JAPANESE_FONT
from tests.fonts import write_font

UNASSIGNED = "\U000e0fff"
PIECES = (*"あW漢iｱ½ﾞ 　\u2003\u200b😀❤نبت١ש1(!\U000e0fff\n",)
CLUSTERS = ("e\u0301", "あ\u3099", "🇯🇵", "👍🏽", "❤\ufe0f", "👩\u200d🚀", "ก\u0e49", "ב\u05b8")
MIXED = st.lists(st.sampled_from(PIECES + CLUSTERS), max_size=40).map("".join)


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
    assert font_for("あ") == JAPANESE_FONT
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


def centre(plane: Mask, left: int) -> float:
    weights = plane.sum(0, dtype=float)
    return left + float(weights @ np.arange(len(weights)) / weights.sum())


@settings(deadline=None, max_examples=200)
@given(MIXED, st.sampled_from([9.0, 23.5, 60.0]))
def test_ink_stays_within_the_width(text: str, size: float) -> None:
    face = Typeface()
    mask = face.draw(text, size=size, baseline=size, pitch=size, outline=2)
    margin = 2 + 0.3 * size + 1  # a pixel that is touched counts whole
    if mask.fill.size:
        pictures = 0 if mask.colors is None else mask.colors[..., 3]
        inked = np.flatnonzero((mask.outline | mask.fill | pictures).any(0)) + mask.left
        assert inked[0] >= -margin
        assert inked[-1] + 1 <= face.width(text) * size + margin


@pytest.mark.parametrize("size", [17.3, 50.0])
@pytest.mark.parametrize("text", ["ここすき ｗWow", "i", UNASSIGNED])
@pytest.mark.parametrize("shift", [0.25, 0.5, 0.75, 1.5])
def test_text_moves_by_quarters_of_a_pixel(size: float, text: str, shift: float) -> None:
    face = Typeface()

    def moved(by: float) -> TextMask:
        return face.draw(text, size=size, baseline=size, pitch=size, outline=2, shift=by)

    still, there = moved(0), moved(shift)
    for before, after in ((still.fill, there.fill), (still.outline, there.outline)):
        way = centre(after, there.left) - centre(before, still.left)
        assert way == pytest.approx(shift, abs=0.05)
        assert after.sum(dtype=int) == pytest.approx(before.sum(dtype=int), rel=0.01)


@settings(deadline=None)
@given(MIXED, st.floats(5, 60), st.sampled_from([0.0, 0.25, 0.6]))
def test_a_whole_pixel_moves_the_same_mask(text: str, size: float, shift: float) -> None:
    face = Typeface()
    one, two = (
        face.draw(text, size=size, baseline=size, pitch=size, outline=1.3, shift=by)
        for by in (shift, shift + 1)
    )
    assert (two.top, two.left) == (one.top, one.left + (1 if one.fill.size else 0))
    assert np.array_equal(one.fill, two.fill)
    assert np.array_equal(one.outline, two.outline)
    if one.colors is not None and two.colors is not None:
        assert np.array_equal(one.colors, two.colors)


def test_emoji_are_drawn_in_their_colours(emoji_font: Path) -> None:
    face = Typeface()
    mask = face.draw("草😀", size=50, baseline=50, pitch=50, outline=2)
    assert mask.colors is not None
    assert mask.colors.shape == (*mask.fill.shape, 4)
    rows, columns = np.nonzero(mask.colors[..., 3] == 255)
    assert (np.unique(mask.colors[rows, columns], axis=0) == (255, 0, 0, 255)).all()
    assert mask.left + columns.min() == pytest.approx(50 * 1.06, abs=1)
    assert np.ptp(columns) + 1 == pytest.approx(50 * 1.2 * 0.9, abs=2)
    assert np.ptp(rows) + 1 == pytest.approx(50 * 0.7, abs=2)
    assert mask.fill[:, : columns.min() - 2].max() == 255
    assert mask.fill[rows, columns].max() == 0
    assert mask.outline[rows, columns[0] + 20].max() == 0
    assert face.missing == set()
    assert face.draw("草", size=50, baseline=50, pitch=50, outline=2).colors is None


def test_emoji_move_by_quarters_and_get_narrower_too(emoji_font: Path) -> None:
    face = Typeface()
    still, there = (
        face.draw("😀", size=40, baseline=40, pitch=40, outline=2, shift=by) for by in (0, 0.75)
    )
    assert still.colors is not None
    assert there.colors is not None
    before, after = (mask.colors[..., 3] for mask in (still, there) if mask.colors is not None)
    assert centre(after, there.left) - centre(before, still.left) == pytest.approx(0.75, abs=0.05)
    narrow = squeeze(still, 2.0)
    assert narrow.colors is not None
    assert narrow.colors.shape == (*narrow.fill.shape, 4)
    alpha = narrow.colors[..., 3]
    assert alpha.sum(dtype=int) == pytest.approx(before.sum(dtype=int) / 2, rel=0.02)
    assert narrow.colors[alpha > 16, 0].min() >= 240


def test_squeezing_keeps_fractions_of_a_pixel() -> None:
    face = Typeface()
    places = []
    for shift in (0.0, 0.5, 1.0, 1.5):
        mask = face.draw("ここすき", size=40, baseline=40, pitch=40, outline=2, shift=shift)
        narrow = squeeze(mask, 4 / 3)
        places.append(centre(narrow.fill, narrow.left))
    assert np.diff(places) == pytest.approx([0.375] * 3, abs=0.05)


def test_words_from_right_to_left_begin_at_the_right(installed: Path) -> None:
    write_font(installed / "Hebrew.ttf", {"א": "alef", "ב": "bet"}, {"alef": 300, "bet": 700})
    mask = Typeface().draw("אב", size=100, baseline=100, pitch=100, outline=0)
    inked = mask.fill[mask.fill.shape[0] // 2] > 127
    gaps = np.flatnonzero(~inked[10:-10]) + 10 + mask.left
    assert 65 <= gaps.min() <= gaps.max() <= 75


def test_long_texts_and_comment_art_can_be_drawn() -> None:
    face = Typeface()
    assert face.width("ｗ" * 1024) == 1024
    line = face.draw("ｗ" * 1024, size=50, baseline=50, pitch=50, outline=2)
    assert line.fill.shape[1] == pytest.approx(51200, abs=60)
    row = "　\u2003\u200a／＼■□＿\n"
    art = face.draw(row * 40, size=20, baseline=20, pitch=25, outline=1)
    assert art.fill.shape[0] == pytest.approx(1000, abs=30)
    assert np.array_equal(art.fill[:250], art.fill[250:500])
