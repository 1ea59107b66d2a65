"""The layout as JSON: where `make render` draws each comment at any time."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from pipeline.danmaku.comments.record import Comment
from pipeline.danmaku.comments.screen import screen_comment
from pipeline.danmaku.comments.writer import Output, Writer
from pipeline.danmaku.drawing.exported import DrawnComment
from pipeline.danmaku.drawing.layout import lay_out_with_fonts
from pipeline.danmaku.drawing.quality import measure_quality
from pipeline.danmaku.drawing.rules import STAGE_HEIGHT


def write(comments: Iterable[Comment], output: Output) -> None:
    """Write one object: stage, settings, a report, and the comments shown and hidden."""
    seen = [screen_comment(comment, number) for number, comment in enumerate(comments)]
    layout = lay_out_with_fonts(seen, output.screen, output.layout)
    content = {
        "stage": {"width": layout.screen.width, "height": STAGE_HEIGHT},
        "settings": output.layout,
        "report": measure_quality(layout),
        "missing_characters": sorted(layout.missing),
        "comments": list(map(DrawnComment.of, layout.placed)),
        "hidden": layout.hidden,
    }
    output.file.write(msgspec.json.format(msgspec.json.encode(content)) + b"\n")
    output.written = len(layout.placed) + len(layout.hidden)


WRITER = Writer(
    carries=frozenset({"commands", "fork", "posted_at", "posted_us"}),
    scripts="applied",
    write=write,
)
