"""The size of a comment's text, and the reasons that shrink it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from pipeline.danmaku.drawing.rules import RESIZED_FROM, Rules
from pipeline.danmaku.drawing.style import Style

Shrunk = Literal["lines", "width", "lines and width"]


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
    outline: float
    """Width of the stroke around letters."""
    shrunk: Shrunk | None
    """Why the text is smaller than its size command says; None if it is not."""

    @property
    def baseline(self) -> float:
        """From the block's top to the first line's baseline."""
        # The player centres the pitch in the box and lifts the baseline by 0.16 of it.
        return self.box / 2 + self.pitch * (1 / 2 - 0.16)


def size_block(text: str, style: Style, ems: float, stage_width: float, rules: Rules) -> Block:
    """The block of ``text``, whose widest line is ``ems`` em wide.

    Many lines shrink any comment unless it is ``ender``. A fixed comment that is too wide for
    the 4:3 area (with ``full``, for the stage) is shrunk to the largest whole number of pixels
    an em at which it fits.
    """
    lines = text.count("\n") + 1
    many = lines >= RESIZED_FROM[style.size] and not style.ender
    metrics = (rules.resized if many else rules.sizes)[style.size]
    shrunk: Shrunk | None = "lines" if many else None
    scale = 1.0
    if style.place != "naka":
        limit = min(rules.full_width if style.full else rules.fixed_width, stage_width)
        if ems * metrics.glyph > limit:
            scale = max(1, math.floor(limit / ems)) / metrics.glyph
            shrunk = "lines and width" if many else "width"
    pitch, box = metrics.pitch * scale, metrics.box * scale
    return Block(
        glyph=metrics.glyph * scale,
        pitch=pitch,
        box=box,
        width=ems * metrics.glyph * scale,
        height=pitch * (lines - 1) + box,
        outline=rules.outline,
        shrunk=shrunk,
    )
