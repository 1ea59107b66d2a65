"""Cards: a picture with its line drawn."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from PIL import Image

from pipeline.captions.settings import CardSettings
from pipeline.captions.typesetting import PITCH, TextBlock, set_text
from pipeline.lettering.bidi import runs_leftward
from pipeline.lettering.colors import BACKGROUND, BRIGHT, WHITE, Rgb
from pipeline.lettering.glyphs import clean_text
from pipeline.lettering.lettering import Lettering
from pipeline.media.pixels import Picture

MIN_ASPECT, MAX_ASPECT = 9 / 16, 5 / 2
"""Width over height of pictures that fill their card; others have margins at two sides."""

_THEMES: dict[str, tuple[Rgb, Rgb]] = {
    "light": (WHITE, (24, 24, 28)),
    "dark": (BACKGROUND, BRIGHT),
}
"""Colours of the card and of its letters."""

# What follows is for a card of 640 pixels, and in proportion for others.
_CARD = 640
_SIDE = 28
"""Pixels beside the letters, at least."""
_SIZES, _LINES = (36, 32, 28, 24, 22), (2, 2, 3, 4, 5)
"""On a band: pixels an em, and the lines up to which there is no need for smaller letters."""
_SIZES_INSIDE = (48, 42, 36, 30, 26, 22)
"""Over a picture: pixels an em."""
_MAX_USUAL_LINES = 3
"""Over a picture: the lines up to which there is no need for smaller letters, if it has room."""
_USUAL_SHARE, _MAX_SHARE = 0.3, 0.5
"""Of the card's height that letters over a picture take, before and after they are the smallest."""
_MIN_SIZE = 10
"""Pixels an em, on a card of any width."""

_ASCENT = 0.86
"""Em from the top of Japanese letters to the baseline."""
_PADDING = 0.75
"""Em above the first and below the last line of a band."""
_PADDING_INSIDE = 0.55
_OUTLINE, _MIN_OUTLINE = 0.1, 1.5
"""Of letters over a picture, in em, and in pixels at least."""


class Card(NamedTuple):
    """A picture with its line."""

    pixels: Picture
    """(height, width, 3) RGB."""
    shortened: bool
    """Whether the end of the line was left out for want of room over the picture."""


def draw_card(picture: Picture, text: str, style: CardSettings, lettering: Lettering) -> Card:
    """``picture`` (h, w, 3) of any size with ``text``, which may have several lines.

    Letters get smaller for a longer text. Below or above the picture, one that is longer still gets
    as many lines as it takes; inside, it is cut. An empty text gives the picture alone. Characters
    that no font has are drawn as hollow boxes, and ``lettering.missing`` lists them. ``lettering``
    also keeps letters for the next card.
    """
    background, ink = _THEMES[style.theme]
    area = _framed(picture, style.width, background)
    text = clean_text(text).strip()
    if not text:
        return Card(np.asarray(area), False)
    if style.place == "inside":
        return _over_picture(area, text, lettering)
    scale = style.width / _CARD
    block = set_text(
        text,
        lettering,
        style.width - 2 * _SIDE * scale,
        _scaled(_SIZES, scale),
        _LINES,
    )
    padding = _PADDING * block.size
    band = Image.new("RGB", (style.width, math.ceil(block.height + 2 * padding)), background)
    _write(band, block, padding, lettering, ink)
    parts = (area, band) if style.place == "below" else (band, area)
    return Card(np.vstack([np.asarray(part) for part in parts]), False)


def _framed(picture: Picture, width: int, background: Rgb) -> Image.Image:
    """``picture`` scaled to ``width``, with margins where it is very wide or tall."""
    image = Image.fromarray(picture)
    aspect = image.width / image.height
    height = round(width / min(max(aspect, MIN_ASPECT), MAX_ASPECT))
    shape = (min(width, max(1, round(height * aspect))), min(height, max(1, round(width / aspect))))
    scaled = image.resize(shape, Image.Resampling.LANCZOS, reducing_gap=3.0)
    if shape == (width, height):
        return scaled
    area = Image.new("RGB", (width, height), background)
    area.paste(scaled, ((width - shape[0]) // 2, (height - shape[1]) // 2))
    return area


def _over_picture(area: Image.Image, text: str, lettering: Lettering) -> Card:
    scale = area.width / _CARD
    sizes = _scaled(_SIZES_INSIDE, scale)
    usual = [min(_MAX_USUAL_LINES, _lines_in(_USUAL_SHARE * area.height, size)) for size in sizes]
    most = _lines_in(_MAX_SHARE * area.height, sizes[-1])
    block = set_text(text, lettering, area.width - 2 * _SIDE * scale, sizes, usual, most)
    top = area.height - block.height - _PADDING_INSIDE * block.size
    outline = max(_MIN_OUTLINE, _OUTLINE * block.size)
    _write(area, block, top, lettering, WHITE, outline=outline, centred=True)
    return Card(np.asarray(area), block.shortened)


def _scaled(sizes: tuple[int, ...], scale: float) -> list[int]:
    return [max(_MIN_SIZE, round(size * scale)) for size in sizes]


def _lines_in(height: float, size: int) -> int:
    """How many lines, at least one, are no higher than that."""
    return 1 + max(0, int((height / size - 1) / PITCH))


def _write(
    image: Image.Image,
    block: TextBlock,
    top: float,
    lettering: Lettering,
    color: Rgb,
    *,
    outline: float = 0.0,
    centred: bool = False,
) -> None:
    """Write ``block`` in the middle of ``image``, its lines ``centred`` or with even beginnings."""
    widest = max(block.widths)
    for number, (line, width) in enumerate(zip(block.lines, block.widths, strict=True)):
        x = (image.width - (width if centred else widest)) / 2
        if runs_leftward(line) and not centred:
            x += widest - width
        baseline = top + (_ASCENT + PITCH * number) * block.size
        lettering.write(image, x, baseline, line, block.size, color, outline)
