"""Cards with the project's own font, so that they are the same on every machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.captions.cards import Card, draw_card
from pipeline.captions.settings import CardSettings
from pipeline.lettering.lettering import Lettering
from pipeline.media.pixels import Picture

GOLDEN = Path(__file__).with_name("golden")
PLACES = ("below", "above", "inside")
JOKE = "会社の忘年会で一発芸をやらされて、誰も笑わなかったときの部長の顔。"
LONG = "吾輩は猫である。名前はまだ無い。Meow! "


@pytest.fixture(autouse=True)
def no_system_fonts(installed: Path) -> None:
    """Only the project's font, and those that a test makes."""


def flat(width: int, height: int, color: tuple[int, int, int] = (90, 140, 60)) -> Picture:
    return np.full((height, width, 3), color, np.uint8)


def scene(width: int = 320, height: int = 180) -> Picture:
    across, down = np.linspace(30, 250, width), np.linspace(220, 40, height)
    planes = np.broadcast_arrays(across[None], down[:, None], 128.0)
    return np.stack(planes, 2).astype(np.uint8)


def card(picture: Picture, text: str, **style: Any) -> Card:
    return draw_card(picture, text, CardSettings(**{"width": 320} | style), Lettering())


def inked(card: Picture, background: tuple[int, int, int]) -> Any:
    """(height, width) whether a pixel differs from the background."""
    return (np.abs(card.astype(int) - background) > 8).any(2)


@pytest.mark.parametrize(
    ("name", "picture", "text", "style"),
    [
        ("below_light", scene(), JOKE, {}),
        ("above_dark", scene(), "Hello, world\n「猫」", {"place": "above", "theme": "dark"}),
        ("inside", scene(), JOKE, {"place": "inside"}),
        ("inside_on_white", flat(320, 240, (255, 255, 255)), "Send help.", {"place": "inside"}),
        ("tall", scene(60, 300), "縦に長い", {"theme": "dark"}),
        ("wide", scene(600, 60), "横に長い", {}),
        ("many_lines", scene(), LONG * 8, {}),
        ("cut", scene(), LONG * 20, {"place": "inside"}),
    ],
)
def test_golden_pictures(
    tmp_path: Path, name: str, picture: Picture, text: str, style: dict[str, Any]
) -> None:
    shown = card(picture, text, **style).pixels
    made, golden = tmp_path / f"{name}.png", GOLDEN / f"{name}.png"
    Image.fromarray(shown).save(made, optimize=True)
    hint = f"look at {made}; if it is right, copy it to {golden}"
    assert golden.exists(), hint
    expected = np.asarray(Image.open(golden))
    assert shown.shape == expected.shape, hint
    difference = np.abs(shown.astype(int) - expected)
    # FreeType's versions differ in how they round the edges of glyphs.
    assert difference.mean() < 1.0, hint
    assert (difference.max(axis=-1) > 48).mean() < 0.01, hint


@pytest.mark.parametrize("place", PLACES)
def test_the_same_input_gives_the_same_bytes(place: str) -> None:
    lettering, style = Lettering(), CardSettings(place=place)  # type: ignore[arg-type]
    cards = [draw_card(scene(), text, style, lettering).pixels for text in (JOKE, LONG, JOKE)]
    assert np.array_equal(cards[0], cards[2])
    assert np.array_equal(cards[0], draw_card(scene(), JOKE, style, Lettering()).pixels)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("text", ["", " \n\t "])
def test_no_words_give_the_picture_alone(place: str, text: str) -> None:
    assert np.array_equal(card(scene(), text, place=place).pixels, scene())


@pytest.mark.parametrize("place", ["below", "above"])
@pytest.mark.parametrize("text", [JOKE, LONG * 100, "g\u0320\u0321\u0322\u0323" + "\u0301" * 200])
def test_the_picture_is_whole_and_without_ink(place: str, text: str) -> None:
    pixels = card(scene(), text, place=place).pixels
    there = pixels[:180] if place == "below" else pixels[-180:]
    assert np.array_equal(there, scene())
    assert len(pixels) > 180


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from([*"あっ漢。「W i\nא", "word ", "w" * 40]), max_size=50).map("".join),
    st.sampled_from(["below", "above"]),
    st.sampled_from([160, 320, 500]),
)
def test_bands_keep_a_margin_around_every_text(text: str, place: str, width: int) -> None:
    shown = card(flat(40, 30), text, place=place, width=width).pixels
    height = round(width * 3 / 4)
    band = shown[height:] if place == "below" else shown[:-height]
    ink = inked(band, (255, 255, 255))
    margin = round(12 * width / 640)
    assert not ink[:, :margin].any()
    assert not ink[:, -margin:].any()
    assert not ink[:4].any()
    assert not ink[-4:].any()


@pytest.mark.parametrize("color", [(255, 255, 255), (0, 0, 0), (128, 128, 128)])
def test_letters_over_any_picture_stand_out(color: tuple[int, int, int]) -> None:
    shown = card(flat(320, 240, color), JOKE, place="inside").pixels
    assert shown.shape == (240, 320, 3)
    assert inked(shown, color)[120:].any()
    assert not inked(shown, color)[:110].any()
    assert (shown == 255).all(2).any()
    assert (shown == 0).all(2).any()


@pytest.mark.parametrize(
    ("size", "shape"),
    [
        ((1, 1), (320, 320)),
        ((3, 900), (569, 320)),
        ((900, 3), (128, 320)),
        ((900, 1600), (569, 320)),
        ((1000, 500), (160, 320)),
    ],
)
def test_pictures_of_any_shape_fill_a_sensible_card(
    size: tuple[int, int], shape: tuple[int, int]
) -> None:
    for place in PLACES:
        pixels = card(flat(*size), "", place=place).pixels
        assert pixels.shape == (*shape, 3)
        assert (pixels == (90, 140, 60)).all(2).any()
        assert card(flat(*size), LONG, place=place).pixels.shape[1] == 320


def test_margins_beside_a_tall_picture_are_even() -> None:
    pixels = card(flat(100, 400), "", theme="dark").pixels
    columns = np.flatnonzero((pixels == (90, 140, 60)).all(2).any(0))
    assert columns[0] == pytest.approx(320 - 1 - columns[-1], abs=1)
    assert len(columns) == round(569 / 4)


def test_long_texts_get_smaller_and_then_more_lines() -> None:
    heights = [len(card(flat(64, 36), "あ" * count).pixels) - 180 for count in (1, 200, 2000)]
    assert heights == sorted(heights)
    assert heights[1] < 200
    assert heights[2] > 800
    few, many = (card(flat(64, 36), "口" * count).pixels[180:] for count in (8, 200))

    def letter_height(band: Picture) -> int:
        """Rows of ink in the first line."""
        rows = np.flatnonzero(inked(band, (255, 255, 255)).any(1))
        return int(np.flatnonzero(np.diff(rows) > 1)[0]) if (np.diff(rows) > 1).any() else len(rows)

    assert letter_height(many) < letter_height(few)


def test_what_does_not_fit_over_a_picture_is_cut_and_told() -> None:
    assert not card(scene(), JOKE, place="inside").shortened
    assert card(scene(), LONG * 20, place="inside").shortened
    assert not card(scene(), LONG * 20, place="below").shortened
    shown = card(flat(320, 180), LONG * 20, place="inside").pixels
    assert not inked(shown, (90, 140, 60))[:80].any()


def test_lines_from_right_to_left_end_at_the_left() -> None:
    hebrew = "אבגד " * 12 + "א"
    picture = card(flat(320, 180), hebrew).pixels[180:]
    latin = card(flat(320, 180), "abcd " * 12 + "a").pixels[180:]

    def edges(band: Picture) -> tuple[int, int]:
        """How much the beginnings and the ends of lines differ, in pixels."""
        rows = inked(band, (255, 255, 255))
        filled = np.flatnonzero(rows.any(1))
        lines = np.split(filled, np.flatnonzero(np.diff(filled) > 3) + 1)
        columns = [np.flatnonzero(rows[line].any(0)) for line in lines]
        assert len(columns) > 1
        return tuple(int(np.ptp([each[end] for each in columns])) for end in (0, -1))  # type: ignore[return-value]

    assert edges(latin)[0] <= 2 < edges(latin)[1]
    assert edges(picture)[1] <= 2 < edges(picture)[0]


def test_emoji_are_in_colour_everywhere(emoji_font: Path) -> None:
    for place in PLACES:
        pixels = card(flat(320, 180), "草😀👩\u200d🚀", place=place).pixels
        assert (pixels == (255, 0, 0)).all(2).sum() > 50
        assert (pixels == (0, 255, 0)).all(2).sum() > 50


def test_what_no_font_has_is_a_hollow_box_and_known() -> None:
    lettering = Lettering()
    draw_card(scene(), "猫\U000e0fff", CardSettings(), lettering)
    assert lettering.missing == {"\U000e0fff"}
