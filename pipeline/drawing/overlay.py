"""The comments of a video, drawn upon its pictures one time after another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from pipeline.drawing.comment import ScreenComment
from pipeline.drawing.compositing import Sprite, YuvSpace
from pipeline.drawing.glyphs import Typeface, squeeze
from pipeline.drawing.layout import Placed, place_comments
from pipeline.drawing.sizing import STAGE_HEIGHT, Block
from pipeline.drawing.style import BLACK, WHITE, Rgb
from pipeline.media.probe import VideoInfo

__all__ = ["Overlay", "ScreenComment"]

OUTLINE_WIDTH = 2.8  # stage pixels, Niconico HTML5 player
THINNEST_OUTLINE = 1.0  # pixels of the video; less does not part text from picture

_Appearance = tuple[str, Block, Rgb, float]


class Overlay:
    """Draws ``comments`` over pictures of ``video`` by Niconico's rules.

    All places are settled when it is made (some seconds for 60,000 comments); text is
    drawn when it first appears and forgotten when it is gone, so memory depends on what
    is on screen at once and not on the length of the video.
    """

    missing: set[str]
    """Characters of ``comments`` that no font has; they are drawn as hollow boxes."""

    def __init__(self, comments: Sequence[ScreenComment], video: VideoInfo) -> None:
        self._typeface = Typeface()
        self._aspect = float(video.sample_aspect)
        self._scale = video.height / STAGE_HEIGHT
        self._space = YuvSpace(video.color_matrix, video.full_range)
        stage_width = video.width * self._aspect / self._scale
        self._placed = place_comments(comments, self._typeface.width, stage_width)
        self._starts = np.array([placed.motion.start for placed in self._placed])
        self._ends = np.array([placed.motion.end for placed in self._placed])
        self._sprites: dict[_Appearance, Sprite] = {}
        self.missing = self._typeface.missing

    def draw(self, picture: npt.NDArray[np.uint8], time: Fraction) -> int:
        """Draw what is on screen ``time`` seconds into the video and return how many.

        ``picture`` is (height · 3 / 2, width) uint8 as ``planar_pictures`` yields it, and
        is drawn upon in place. Times may come in any order; the result depends on
        ``time`` alone.
        """
        now = float(time)
        on_screen = np.flatnonzero((self._starts <= now) & (self._ends > now))
        sprites: dict[_Appearance, Sprite] = {}
        for number in on_screen:
            placed = self._placed[number]
            look = (placed.text, placed.block, placed.style.color, placed.style.opacity)
            if look not in sprites:
                sprites[look] = self._sprites.get(look) or self._render(placed)
            x = placed.motion.x(now) * self._scale / self._aspect
            sprites[look].blend(picture, _nearest(x), _nearest(placed.y * self._scale))
        self._sprites = sprites
        return len(on_screen)

    def _render(self, placed: Placed) -> Sprite:
        block, color = placed.block, placed.style.color
        mask = self._typeface.draw(
            placed.text,
            size=block.glyph * self._scale,
            baseline=block.baseline * self._scale,
            pitch=block.pitch * self._scale,
            outline=max(THINNEST_OUTLINE, OUTLINE_WIDTH * self._scale),
        )
        outline = WHITE if color == BLACK else BLACK
        mask = squeeze(mask, self._aspect)
        return Sprite(mask, color, outline, placed.style.opacity, self._space)


def _nearest(value: float) -> int:
    return math.floor(value + 0.5)
