"""ArtPlayer's JSON: ``{"text": …, "time": seconds, "mode": 0, "color": "#ffffff"}`` in a list.

Mode 0 scrolls, 1 is at the top and 2 at the bottom.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.danmaku.comments import display
from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.danmaku.comments.record import Comment
from pipeline.reading import values
from pipeline.reading.json_reader import json_reader

_KNOWN = ("text", "time", "mode", "color", "border", "style")


def _comment(item: Mapping[str, Any], report: CommentReport) -> Comment | None:
    report.note_unused(sorted(set(item).difference(_KNOWN[:4])))
    return report.comment(
        time_ms=values.milliseconds(item.get("time")),
        text=values.text(item.get("text")),
        commands=[
            *display.place(item.get("mode"), display.PLAYER_MODES),
            *display.color(item.get("color"), hexadecimal=True),
        ],
    )


READER = json_reader(
    "ArtPlayer JSON",
    forms={"item": [["text", "time", "mode", "color"]]},
    record=_comment,
    typical=["border"],
)
