"""Legends: words in the lower left corner that say whose comments are whose, and a divider."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from pipeline.danmaku.drawing.compositing import Planes, Sprite
from pipeline.danmaku.drawing.rules import STAGE_HEIGHT
from pipeline.lettering.colors import BLACK, Rgb
from pipeline.lettering.glyphs import Typeface
from pipeline.lettering.masks import PHASES, TextMask, squeeze
from pipeline.media.color_space import ColorSpace

_SIZE, _MIN_SIZE = 38.0, 11.0
"""Pixels an em: on the stage, and at least on the video."""
_MARGIN, _GAP = 0.6, 0.9
"""Em: to the edges, and from one word to the next."""
_OUTLINE = 0.1  # ems
_OPACITY = 0.85
_LINE_COLOR: Rgb = (216, 216, 216)


@dataclass(frozen=True)
class Entry:
    """One word of a legend."""

    text: str
    color: Rgb


class Legend:
    """Words side by side on pictures of ``height`` lines, whose pixels are ``sample_aspect`` wide.

    Comments fill the screen from the top, so they get there last; they are drawn over the words.
    """

    def __init__(
        self,
        entries: Sequence[Entry],
        typeface: Typeface,
        height: int,
        sample_aspect: Fraction,
        space: ColorSpace,
    ) -> None:
        size, aspect = max(_MIN_SIZE, _SIZE * height / STAGE_HEIGHT), float(sample_aspect)
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
    """Draw a vertical line around an even ``column``, four pixels wide in 1080 lines."""
    reach = 2 * max(1, round(planes.full.shape[1] / STAGE_HEIGHT))
    values = np.rint(space.encode(_LINE_COLOR)).astype(planes.full.dtype)[:, None, None]
    line = planes.columns(column - reach, column + reach)
    line.full[...], line.half[...] = values[: space.full], values[space.full :]
