"""Placed comments as plain numbers, from which other programs can draw them."""

from __future__ import annotations

import msgspec

from pipeline.danmaku.drawing.comment import Layer
from pipeline.danmaku.drawing.layout import Placed
from pipeline.danmaku.drawing.rules import RuleName
from pipeline.danmaku.drawing.sizing import Shrunk
from pipeline.danmaku.drawing.style import Font, Place, Size


class DrawnComment(msgspec.Struct, frozen=True):
    """A comment that is at ``x - speed * (t - start)`` from ``start`` to ``end``, in seconds.

    Lengths are in pixels of a stage 1080 px high.
    """

    number: int
    """Its index in the file that it is from."""
    time_ms: int
    text: str
    """As drawn; lines are separated by newlines."""
    layer: Layer
    rules: RuleName
    place: Place
    size: Size
    font: Font
    color: str
    """``#rrggbb``."""
    opacity: float
    start: float
    end: float
    x: float
    """Of the left edge, at ``start``."""
    speed: float
    """Pixels a second to the left; 0 for a fixed comment, negative for one that moves right."""
    y: float
    """Of the top of its box."""
    lane: int
    width: float
    height: float
    font_size: float
    """Pixels an em."""
    line_pitch: float
    """From one line to the next."""
    baseline: float
    """From the top of the box to the first line's baseline."""
    outline: float
    """Width of the stroke around letters."""
    shrunk: Shrunk | None
    overflowed: bool
    """Whether there was no room, so that it lies over others."""

    @classmethod
    def of(cls, placed: Placed) -> DrawnComment:
        """The numbers of one comment, rounded to what can be seen."""
        motion, block, style = placed.motion, placed.block, placed.style
        return cls(
            number=placed.number,
            time_ms=placed.time_ms,
            text=placed.text,
            layer=placed.layer,
            rules=placed.rules.name,
            place=style.place,
            size=style.size,
            font=style.font,
            color="#{:02x}{:02x}{:02x}".format(*style.color),
            opacity=style.opacity,
            start=round(motion.start, 4),
            end=round(motion.end, 4),
            x=round(motion.x_start, 2),
            speed=round(motion.speed, 3),
            y=round(placed.y, 2),
            lane=placed.lane,
            width=round(block.width, 2),
            height=round(block.height, 2),
            font_size=round(block.glyph, 2),
            line_pitch=round(block.pitch, 2),
            baseline=round(block.baseline, 2),
            outline=round(block.outline, 2),
            shrunk=block.shrunk,
            overflowed=not placed.fits,
        )
