"""The comments of a video, drawn upon its pictures one time after another."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from pipeline.danmaku.drawing.comment import Layer
from pipeline.danmaku.drawing.compositing import TILE, Planes, Sprite
from pipeline.danmaku.drawing.glyphs import Typeface
from pipeline.danmaku.drawing.layout import Layout, Placed
from pipeline.danmaku.drawing.masks import PHASES, TextMask, squeeze
from pipeline.danmaku.drawing.rules import STAGE_HEIGHT
from pipeline.danmaku.drawing.sizing import Block
from pipeline.danmaku.drawing.style import BLACK, WHITE, Font, Rgb
from pipeline.media.color_space import ColorSpace

THINNEST_OUTLINE = 1.0  # pixels of the video; less does not part text from picture

MOST_SMOOTH = 64
"""Comments on screen up to which text moves by parts of a pixel. In larger crowds nobody could
tell, and memory would grow: each phase is drawn and kept for itself."""

_Look = tuple[str, Block, Font, Rgb, float]


class Overlay:
    """Draws a layout over pictures of ``height`` lines, whose pixels are ``sample_aspect`` wide.

    Text is drawn when it first appears and forgotten when it is gone, so memory depends on
    what is on screen at once and not on the length of the video.
    """

    def __init__(
        self,
        layout: Layout,
        typeface: Typeface,
        height: int,
        sample_aspect: Fraction,
        space: ColorSpace,
        marks: Mapping[Layer, Rgb] | None = None,
    ) -> None:
        """``marks`` are colours for all comments of some layers, in place of their own."""
        self._typeface, self._space = typeface, space
        self._aspect = float(sample_aspect)
        self._scale = height / STAGE_HEIGHT
        # The uploader's comments lie over the others.
        self._placed = sorted(layout.placed, key=lambda placed: placed.layer == "owner")
        self._starts = np.array([placed.motion.start for placed in self._placed])
        self._ends = np.array([placed.motion.end for placed in self._placed])
        numbers: dict[_Look, int] = {}
        self._look_of = [
            numbers.setdefault(_look(placed, marks or {}), len(numbers)) for placed in self._placed
        ]
        self._looks = list(numbers)
        self._sprites: dict[int, Sprite] = {}

    def draw(self, planes: Planes, time: Fraction) -> int:
        """Draw what is on screen ``time`` seconds into the video and return how many.

        Times may come in any order; the result depends on ``time`` alone.
        """
        now = float(time)
        on_screen = np.flatnonzero((self._starts <= now) & (self._ends > now))
        phases = PHASES if len(on_screen) <= MOST_SMOOTH else 1
        sprites: dict[int, Sprite] = {}
        for number in on_screen:
            placed, look = self._placed[number], self._look_of[number]
            if look not in sprites:
                sprites[look] = self._sprites.get(look) or self._render(look)
            x = placed.motion.x(now) * self._scale / self._aspect
            fine = phases if placed.motion.speed and placed.block.width * self._scale < TILE else 1
            x = math.floor(x * fine + 0.5) * PHASES // fine
            sprites[look].blend(planes, x, math.floor(placed.y * self._scale + 0.5))
        self._sprites = sprites
        return len(on_screen)

    def _render(self, number: int) -> Sprite:
        text, block, font, color, opacity = self._looks[number]

        stroke = max(THINNEST_OUTLINE, block.outline * self._scale) if block.outline else 0.0

        def drawn(phase: int) -> TextMask:
            mask = self._typeface.draw(
                text,
                size=block.glyph * self._scale,
                baseline=block.baseline * self._scale,
                pitch=block.pitch * self._scale,
                outline=stroke,
                font=font,
                shift=phase / PHASES * self._aspect,
            )
            return squeeze(mask, self._aspect)

        outline = WHITE if color == BLACK else BLACK
        return Sprite(drawn, color, outline, opacity, self._space)


def _look(placed: Placed, marks: Mapping[Layer, Rgb]) -> _Look:
    style = placed.style
    color = marks.get(placed.layer, style.color)
    return placed.text, placed.block, style.font, color, style.opacity
