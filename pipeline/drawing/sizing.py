"""How large a comment's text is: Niconico's sizes, and when many lines shrink them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pipeline.drawing.style import Size, Style

STAGE_HEIGHT = 1080.0
"""Every length of the layout is in pixels of Niconico's HTML5 stage, 1920×1080."""

FIXED_WIDTH_LIMIT = 1439.0
"""Widest ue or shita comment without ``full``: 512 of the stage's 683 units, the 4:3 area."""


@dataclass(frozen=True)
class Block:
    """The measures of one comment's text, in stage pixels."""

    glyph: float
    """Pixels an em."""
    pitch: float
    """From one line to the next."""
    box: float
    """Height of a single line with the space around it."""
    width: float
    height: float

    @property
    def baseline(self) -> float:
        """From the block's top to the first line's baseline."""
        # The player centres the pitch in the box and lifts the baseline by 0.16 of it.
        return self.box / 2 + self.pitch * (1 / 2 - 0.16)


@dataclass(frozen=True)
class _Metrics:
    box: float
    pitch: float
    glyph: float
    resized_pitch: float
    resized_from: int
    """Lines from which the text is set in the smaller pitch."""


# Niconico HTML5 player, 1920×1080 stage.
_METRICS: dict[Size, _Metrics] = {
    "big": _Metrics(138.4, 127.2, 109.6, 67.1, 3),
    "medium": _Metrics(95.5, 81.3, 75.9, 42.2, 5),
    "small": _Metrics(65.0, 50.7, 50.6, 28.2, 7),
}


def size_block(text: str, style: Style, ems: float, stage_width: float) -> Block:
    """The block of ``text`` whose widest line is ``ems`` em wide.

    Many lines shrink any comment unless it is ``ender``. A fixed comment that is too wide
    for the 4:3 area (with ``full``: for the stage) is shrunk pixel by pixel until it fits.
    """
    metrics = _METRICS[style.size]
    lines = text.count("\n") + 1
    scale = 1.0
    if lines >= metrics.resized_from and not style.ender:
        scale = metrics.resized_pitch / metrics.pitch
    if style.place != "naka":
        limit = stage_width if style.full else min(FIXED_WIDTH_LIMIT, stage_width)
        if ems * metrics.glyph * scale > limit:
            scale = max(1, math.floor(limit / ems)) / metrics.glyph
    pitch, box = metrics.pitch * scale, metrics.box * scale
    return Block(
        glyph=metrics.glyph * scale,
        pitch=pitch,
        box=box,
        width=ems * metrics.glyph * scale,
        height=pitch * (lines - 1) + box,
    )
