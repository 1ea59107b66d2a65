import struct
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables.DefaultTable import DefaultTable

from pipeline.lettering.color_fonts import color_font_for, strike_size
from pipeline.lettering.fonts import font_for, system_fonts
from pipeline.runtime.paths import JAPANESE_FONT
from tests.fonts import write_font


def paint(glyph: str) -> dict[str, object]:
    return {"Format": 10, "Glyph": glyph, "Paint": {"Format": 2, "PaletteIndex": 0}}


def test_the_main_font_comes_first_and_the_first_with_all_characters_serves(
    installed: Path,
) -> None:
    one = write_font(installed / "DejaVuSans.ttf", {"あ": "a", "א": "alef"}, {"a": 900, "alef": 9})
    write_font(installed / "Other.ttf", {"א": "alef", "ב": "bet"}, {"alef": 500, "bet": 500})
    assert font_for("あ") == JAPANESE_FONT
    assert font_for("א") == one
    assert font_for("אב") == installed / "Other.ttf"
    assert font_for("אג") is None


def test_system_fonts_are_looked_for_only_when_the_main_one_lacks(installed: Path) -> None:
    installed.mkdir()
    assert font_for("ここすき") == font_for("草", "gothic") == JAPANESE_FONT
    assert system_fonts.cache_info().currsize == 0
    assert font_for("א") is None
    assert system_fonts.cache_info().currsize == 1


@pytest.mark.parametrize(
    "name", ["ipaexm.ttf", "NotoSerifCJK-Regular.ttc", "ヒラギノ明朝 ProN.otf"]
)
def test_mincho_takes_a_serif_face_of_the_system(installed: Path, name: str) -> None:
    write_font(installed / "DejaVuSerif.ttf", {"あ": "a"}, {"a": 900})
    serif = write_font(installed / name, {"あ": "a"}, {"a": 900})
    assert font_for("あ", "mincho") == serif
    assert font_for("い", "mincho") == font_for("あ") == JAPANESE_FONT


def test_broken_fonts_are_passed_over(installed: Path) -> None:
    installed.mkdir()
    (installed / "DejaVuSans.ttf").write_bytes(b"\0\1\0\0" + bytes(50))
    (installed / "Emoji.ttf").write_bytes(b"")
    assert font_for("א") is None
    assert color_font_for("😀") is None


def test_emoji_fonts_serve_for_colour_alone(emoji_font: Path) -> None:
    assert color_font_for("😀") == emoji_font
    assert color_font_for("😀😀❤") == emoji_font
    assert color_font_for("🍣") is None
    assert font_for("😀") is None


def test_fonts_that_pillow_shows_in_one_colour_are_passed_over(installed: Path) -> None:
    path = installed / "GradientEmoji.ttf"
    write_font(path, {"😀": "face"}, {"face": 1200, "eye": 500}, colors={"face": paint("eye")})
    assert color_font_for("😀") is None


def record(pixels: int) -> bytes:
    """One of CBLC's records of bitmaps of one size."""
    return bytes(44) + bytes([pixels - 1, pixels, 32, 1])


@pytest.mark.parametrize(
    ("table", "data"),
    [
        ("CBLC", struct.pack(">HHI", 3, 0, 2) + record(64) + record(109)),
        ("sbix", struct.pack(">HHIIIHHHH", 1, 1, 2, 16, 20, 64, 72, 109, 72)),
    ],
)
def test_the_largest_bitmaps_are_taken(installed: Path, table: str, data: bytes) -> None:
    path = write_font(installed / "Emoji.ttf", {"😀": "face"}, {"face": 900})
    assert strike_size(path) is None
    with TTFont(path) as font:
        font[table] = DefaultTable(table)
        font[table].data = data
        font.save(installed / "Strikes.ttf")
    assert strike_size(installed / "Strikes.ttf") == 109
