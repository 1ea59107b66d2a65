"""Whose comments are seen: words in the lower left corner, and a line between two halves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from pipeline.danmaku.drawing.compositing import Planes, Sprite
from pipeline.danmaku.drawing.glyphs import Typeface
from pipeline.danmaku.drawing.masks import PHASES, TextMask, squeeze
from pipeline.danmaku.drawing.rules import STAGE_HEIGHT
from pipeline.danmaku.drawing.style import BLACK, Rgb
from pipeline.media.color_space import ColorSpace

_SIZE, _SMALLEST = 38.0, 11.0
"""Pixels an em: of the stage, and of the video at least."""
_MARGIN, _GAP = 0.6, 0.9
"""Ems: to the edges, and from one word to the next."""
_OUTLINE = 0.1  # ems
_OPACITY = 0.85
_LINE: Rgb = (216, 216, 216)


@dataclass(frozen=True)
class Entry:
    """One word of a legend."""

    text: str
    color: Rgb


class Legend:
    """Words side by side on pictures of ``height`` lines, whose pixels are ``sample_aspect`` wide.

    Comments come from the top, so they get there last, and are to be drawn over them.
    """

    def __init__(
        self,
        entries: Sequence[Entry],
        typeface: Typeface,
        height: int,
        sample_aspect: Fraction,
        space: ColorSpace,
    ) -> None:
        size, aspect = max(_SMALLEST, _SIZE * height / STAGE_HEIGHT), float(sample_aspect)
        self._baseline = round(height - _MARGIN * size)
        self._sprites: list[tuple[Sprite, int]] = []
        x = _MARGIN
        for entry in entries:
            mask = typeface.draw(
                entry.text, size=size, baseline=0, pitch=0, outline=_OUTLINE * size
            )
            sprite = _sprite(squeeze(mask, aspect), entry.color, space)
            self._sprites.append((sprite, round(x * size / aspect)))
            x += typeface.width(entry.text) + _GAP

    def draw(self, planes: Planes) -> None:
        """Draw the words in place."""
        for sprite, x in self._sprites:
            sprite.blend(planes, PHASES * x, self._baseline)


def _sprite(mask: TextMask, color: Rgb, space: ColorSpace) -> Sprite:
    return Sprite(lambda phase: mask, color, BLACK, _OPACITY, space)


def draw_line(planes: Planes, column: int, space: ColorSpace) -> None:
    """Draw an upright line around an even ``column``, four pixels wide in 1080 lines."""
    reach = 2 * max(1, round(planes.full.shape[1] / STAGE_HEIGHT))
    values = np.rint(space.encode(_LINE)).astype(planes.full.dtype)[:, None, None]
    line = planes.columns(column - reach, column + reach)
    line.full[...], line.half[...] = values[: space.full], values[space.full :]
