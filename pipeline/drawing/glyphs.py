"""Text to coverage masks: measured widths, a face and its outline."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from pipeline.drawing.fonts import font_for

Mask = npt.NDArray[np.uint8]
"""(height, width) coverage: 0 outside, 255 inside."""

SPACE_WIDTHS = {
    "\u2000": 1 / 2,
    "\u2001": 1.0,
    "\u2002": 1 / 2,
    "\u2003": 1.0,
    "\u2004": 1 / 3,
    "\u2005": 1 / 4,
    "\u2006": 1 / 6,
    "\u2007": 1 / 2,
    "\u2008": 1 / 4,
    "\u2009": 1 / 5,
    "\u200a": 1 / 10,
}
"""Em; Unicode's General Punctuation. Fonts often lack them and comment art needs them."""

EMBOLDENING = 0.014
"""Em added around a face: the player asks for weight 600, IPAexGothic has the regular one."""

_MEASURING_SIZE = 1000  # pixels an em, so that an advance is read to a thousandth
_GLYPHS_KEPT = 1024
_FONT_SIZES_KEPT = 64
_HOLLOW_BOX_STROKE = 0.06  # em


@dataclass(frozen=True)
class TextMask:
    """A drawn text or character."""

    fill: Mask
    """Coverage of the face."""
    outline: Mask
    """Coverage of the stroke around the face, same shape; inside the face it is any."""
    left: int
    """Pixels from the text's origin to the masks' first column."""
    top: int
    """Pixels from the text's origin to the masks' first row."""


def clean_text(text: str) -> str:
    """``text`` as it is drawn: one kind of newline, tabs as two spaces, no lone surrogates."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "  ")
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class Typeface:
    """Measures and draws text at any size, with system fonts where the main one lacks."""

    missing: set[str]
    """Characters met so far that no font has; they are drawn as hollow boxes."""

    def __init__(self) -> None:
        self.missing = set()
        self._advances: dict[str, float] = {}
        self._glyph = lru_cache(_GLYPHS_KEPT)(_draw_glyph)

    def width(self, text: str) -> float:
        """The width of the widest line of ``text``, in em."""
        return max(sum(map(self._advance, line)) for line in text.split("\n"))

    def draw(
        self, text: str, *, size: float, baseline: float, pitch: float, outline: float
    ) -> TextMask:
        """Draw ``text``, its lines beginning at the left edge of a box.

        ``size`` is pixels an em, ``baseline`` pixels from the box's top to the first
        baseline, ``pitch`` pixels from one line to the next, ``outline`` the width of the
        stroke in pixels. The masks are as small as the ink; their origin is the box's
        top left corner.
        """
        glyphs = []
        for number, line in enumerate(text.split("\n")):
            pen, y = 0.0, round(baseline + number * pitch)
            for character in line:
                advance = self._advance(character)
                if not _is_blank(character):
                    glyph = self._glyph(character, size, outline)
                    glyphs.append((glyph, round(pen * size) + glyph.left, y + glyph.top))
                pen += advance
        return _assemble(glyphs)

    def _advance(self, character: str) -> float:
        """Em from the start of ``character`` to the start of the next one."""
        if character not in self._advances:
            self._advances[character] = _measure(character)
            if not _is_blank(character) and font_for(character) is None:
                self.missing.add(character)
        return self._advances[character]


def _is_blank(character: str) -> bool:
    """True for spaces, and for marks that steer text and have no face."""
    return unicodedata.category(character) in ("Zs", "Zl", "Zp", "Cc", "Cf") or (
        "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    )


def _measure(character: str) -> float:
    if character in SPACE_WIDTHS:
        return SPACE_WIDTHS[character]
    if _is_blank(character) and unicodedata.category(character) != "Zs":
        return 0.0
    if (path := font_for(character)) is None:
        return _hollow_box_width(character)
    return _font(path, _MEASURING_SIZE).getlength(character) / _MEASURING_SIZE


def _hollow_box_width(character: str) -> float:
    return 1.0 if unicodedata.east_asian_width(character) in "WFA" else 0.5


@lru_cache(_FONT_SIZES_KEPT)
def _font(path: Path, size: float) -> ImageFont.FreeTypeFont:
    # Characters are set one by one, so the layout library has nothing to shape.
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


def _draw_glyph(character: str, size: float, outline: float) -> TextMask:
    """One character; the origin is the pen's place on the baseline."""
    if (path := font_for(character)) is None:
        return _draw_hollow_box(_hollow_box_width(character) * size, size, outline)
    font = _font(path, size)
    bold = EMBOLDENING * size
    box = font.getbbox(character, anchor="ls", stroke_width=bold + outline)
    left, top = math.floor(box[0]) - 1, math.floor(box[1]) - 1
    shape = (math.ceil(box[2]) + 1 - left, math.ceil(box[3]) + 1 - top)

    def mask(stroke: float) -> Mask:
        image = Image.new("L", shape)
        ImageDraw.Draw(image).text(
            (-left, -top), character, 255, font, anchor="ls", stroke_width=stroke
        )
        return np.asarray(image)

    # A stroke alone may leave the middle of a wide part open.
    return TextMask(np.maximum(mask(0), mask(bold)), mask(bold + outline), left, top)


def _draw_hollow_box(width: float, size: float, outline: float) -> TextMask:
    margin = math.ceil(outline)
    stroke = max(1, round(size * _HOLLOW_BOX_STROKE))
    across, down = max(3, round(width * 0.9)), max(3, round(size * 0.8))
    edge = np.full((down, across), 255, np.uint8)
    edge[stroke:-stroke, stroke:-stroke] = 0
    fill = np.pad(edge, margin)
    around = np.full_like(fill, 255)
    hollow = stroke + 2 * margin
    around[hollow:-hollow, hollow:-hollow] = 0
    return TextMask(fill, around, round(width * 0.05) - margin, -down - margin)


def _assemble(glyphs: list[tuple[TextMask, int, int]]) -> TextMask:
    """One mask of many, each at its own left and top; where they overlap the denser wins."""
    if not glyphs:
        empty = np.zeros((0, 0), np.uint8)
        return TextMask(empty, empty, 0, 0)
    left = min(x for _, x, _ in glyphs)
    top = min(y for _, _, y in glyphs)
    right = max(x + glyph.fill.shape[1] for glyph, x, _ in glyphs)
    bottom = max(y + glyph.fill.shape[0] for glyph, _, y in glyphs)
    fill, outline = np.zeros((2, bottom - top, right - left), np.uint8)
    for glyph, x, y in glyphs:
        height, width = glyph.fill.shape
        box = np.s_[y - top : y - top + height, x - left : x - left + width]
        np.maximum(fill[box], glyph.fill, out=fill[box])
        np.maximum(outline[box], glyph.outline, out=outline[box])
    return TextMask(fill, outline, left, top)


def squeeze(mask: TextMask, sample_aspect: float) -> TextMask:
    """``mask`` made narrower, so that pixels ``sample_aspect`` times as wide show it right."""
    if sample_aspect == 1 or mask.fill.size == 0:
        return mask
    height, width = mask.fill.shape
    shape = (max(1, round(width / sample_aspect)), height)

    def resized(plane: Mask) -> Mask:
        return np.asarray(Image.fromarray(plane).resize(shape, Image.Resampling.BICUBIC))

    left = round(mask.left / sample_aspect)
    return TextMask(resized(mask.fill), resized(mask.outline), left, mask.top)
