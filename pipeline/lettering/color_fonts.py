"""Colour fonts, for emoji."""

from __future__ import annotations

import struct
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pipeline.lettering.fonts import (
    COLOR_TABLES,
    covers,
    opened,
    system_fonts,
    table,
    tables,
)
from pipeline.runtime.arrays import UInt8s

_TRIAL_INK = (1, 254, 3)  # a colour that no emoji has
_TRIALS = "😀❤☀"
_TRIAL_SIZE = 32.0
_CACHE_SIZE = 1 << 12
_UINT16, _UINT32 = struct.Struct(">H"), struct.Struct(">I")


@lru_cache(_CACHE_SIZE)
def color_font_for(text: str) -> Path | None:
    """The first system font that has all characters of ``text`` and draws them in colour.

    Fonts with emoji in their names come first. If none has the text, every installed font is
    opened, which takes about 1 ms each, once in a process.
    """
    fonts = sorted(system_fonts(), key=lambda path: "emoji" not in path.name.lower())
    return next((path for path in fonts if _draws_in_color(path) and covers(path, text)), None)


@cache
def strike_size(font: Path) -> float | None:
    """Pixels an em of the largest bitmaps in ``font``; None if its pictures are outlines.

    Raises struct.error or ValueError for a broken font.
    """
    if bitmaps := table(font, "CBLC"):
        (count,) = _UINT32.unpack_from(bitmaps, 4)
        # The records follow a header of 8 bytes and have 48; byte 45 is the pixels an em.
        return float(max(bitmaps[8 + 48 * number + 45] for number in range(count)))
    if bitmaps := table(font, "sbix"):
        (count,) = _UINT32.unpack_from(bitmaps, 4)
        places = struct.unpack_from(f">{count}I", bitmaps, 8)
        return float(max(_UINT16.unpack_from(bitmaps, place)[0] for place in places))
    return None


def draw_colored(text: str, font: ImageFont.FreeTypeFont) -> tuple[Image.Image, int, int]:
    """``text`` as RGBA, and the offset of its left and top from the pen on the baseline."""
    left, top, right, bottom = (round(edge) for edge in font.getbbox(text, anchor="ls"))
    image = Image.new("RGBA", (max(1, right - left), max(1, bottom - top)))
    ImageDraw.Draw(image).text(
        (-left, -top), text, _TRIAL_INK, font, anchor="ls", embedded_color=True
    )
    return image, left, top


@cache
def _draws_in_color(font: Path) -> bool:
    """Whether Pillow draws ``font`` in colour: it only supports version 0 of COLR."""
    if not tables(font) & COLOR_TABLES:
        return False
    try:
        trial = next(each for each in _TRIALS if covers(font, each))
        size = strike_size(font) or _TRIAL_SIZE
        picture, _, _ = draw_colored(trial, opened(font, size))
    except Exception:  # a system font may be broken in any way; another one serves
        return False
    pixels: UInt8s = np.asarray(picture)
    inked = pixels[pixels[..., 3] == 255, :3]
    return bool((inked != _TRIAL_INK).any())
