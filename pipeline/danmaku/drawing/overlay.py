"""The comments of a video, drawn on its pictures one time after another."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from pipeline.danmaku.drawing.comment import Layer
from pipeline.danmaku.drawing.compositing import TILE, Planes, Sprite
from pipeline.danmaku.drawing.layout import Layout, Placed
from pipeline.danmaku.drawing.rules import STAGE_HEIGHT
from pipeline.danmaku.drawing.sizing import Block
from pipeline.lettering.colors import BLACK, WHITE, Rgb
from pipeline.lettering.fonts import Family
from pipeline.lettering.glyphs import Typeface
from pipeline.lettering.masks import PHASES, TextMask, squeeze
from pipeline.media.color_space import ColorSpace

MIN_OUTLINE = 1.0  # pixels of the video; a thinner one does not set text off from the picture

MAX_SMOOTH = 64
"""Comments on screen up to which text moves by parts of a pixel. In larger crowds nobody could
see it, and memory would grow: each phase is drawn and kept by itself."""


class _Appearance(NamedTuple):
    """Everything about a comment that its sprite depends on; equal ones share a sprite."""

    text: str
    block: Block
    family: Family
    color: Rgb
    opacity: float


class Overlay:
    """Draws a layout over pictures of ``height`` lines, whose pixels are ``sample_aspect`` wide.

    A text is rasterized when it first appears and forgotten when it is gone, so memory depends
    on what is on screen at once and not on the length of the video.
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
        numbers: dict[_Appearance, int] = {}
        self._appearance_of = [
            numbers.setdefault(_appearance(placed, marks or {}), len(numbers))
            for placed in self._placed
        ]
        self._appearances = list(numbers)
        self._sprites: dict[int, Sprite] = {}

    def draw(self, planes: Planes, time: Fraction) -> int:
        """Draw what is on screen ``time`` seconds into the video and return how many.

        Times may come in any order; the result depends on ``time`` alone.
        """
        now = float(time)
        on_screen = np.flatnonzero((self._starts <= now) & (self._ends > now))
        phases = PHASES if len(on_screen) <= MAX_SMOOTH else 1
        sprites: dict[int, Sprite] = {}
        for number in on_screen:
            placed, appearance = self._placed[number], self._appearance_of[number]
            if appearance not in sprites:
                sprites[appearance] = self._sprites.get(appearance) or self._sprite(appearance)
            x = placed.motion.x(now) * self._scale / self._aspect
            # What stands still needs no phases, and those of a long text would take much memory.
            is_smooth = placed.motion.speed and placed.block.width * self._scale < TILE
            steps = phases if is_smooth else 1
            x = math.floor(x * steps + 0.5) * PHASES // steps
            sprites[appearance].blend(planes, x, math.floor(placed.y * self._scale + 0.5))
        self._sprites = sprites
        return len(on_screen)

    def _sprite(self, number: int) -> Sprite:
        text, block, family, color, opacity = self._appearances[number]
        stroke = max(MIN_OUTLINE, block.outline * self._scale) if block.outline else 0.0

        def draw(phase: int) -> TextMask:
            mask = self._typeface.draw(
                text,
                size=block.glyph * self._scale,
                baseline=block.baseline * self._scale,
                pitch=block.pitch * self._scale,
                outline=stroke,
                family=family,
                shift=phase / PHASES * self._aspect,
            )
            return squeeze(mask, self._aspect)

        outline = WHITE if color == BLACK else BLACK
        return Sprite(draw, color, outline, opacity, self._space)


def _appearance(placed: Placed, marks: Mapping[Layer, Rgb]) -> _Appearance:
    style = placed.style
    color = marks.get(placed.layer, style.color)
    return _Appearance(placed.text, placed.block, style.family, color, style.opacity)
