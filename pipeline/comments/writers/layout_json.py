"""The layout as JSON: where `make render` has every comment at any time, and why.

A comment is at ``x - speed * (t - start)`` from ``start`` to ``end``, in seconds; lengths are in
pixels of a stage 1080 px high.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from pipeline.comments.record import Comment
from pipeline.comments.screen import screen_comment
from pipeline.comments.writer import Output, Writer
from pipeline.drawing.crowding import examine
from pipeline.drawing.glyphs import Typeface
from pipeline.drawing.layout import Placed, lay_out
from pipeline.drawing.rules import STAGE_HEIGHT


def write(comments: Iterable[Comment], output: Output) -> None:
    """Write one object: stage, settings, a report, and the comments shown and hidden."""
    typeface = Typeface()
    seen = [screen_comment(comment) for comment in comments]
    layout = lay_out(seen, typeface.width, output.screen, output.layout)
    content = {
        "stage": {"width": layout.screen.width, "height": STAGE_HEIGHT},
        "settings": output.layout,
        "report": examine(layout),
        "missing_characters": sorted(typeface.missing),
        "comments": [_placed(placed) for placed in layout.placed],
        "hidden": layout.hidden,
    }
    output.file.write(msgspec.json.format(msgspec.json.encode(content)) + b"\n")
    output.written = len(layout.placed) + len(layout.hidden)


def _placed(placed: Placed) -> dict[str, object]:
    motion, block, style = placed.motion, placed.block, placed.style
    return {
        "time_ms": placed.time_ms,
        "text": placed.text,
        "layer": placed.layer,
        "rules": placed.rules.name,
        "place": style.place,
        "size": style.size,
        "font": style.font,
        "color": "#{:02x}{:02x}{:02x}".format(*style.color),
        "opacity": style.opacity,
        "start": round(motion.start, 4),
        "end": round(motion.end, 4),
        "x": round(motion.x_start, 2),
        "speed": round(motion.speed, 3),
        "y": round(placed.y, 2),
        "lane": placed.lane,
        "width": round(block.width, 2),
        "height": round(block.height, 2),
        "font_size": round(block.glyph, 2),
        "line_pitch": round(block.pitch, 2),
        "shrunk": block.shrunk,
        "overflowed": not placed.fits,
    }


WRITER = Writer(carries=frozenset({"commands", "fork", "posted_at", "posted_us"}), write=write)
