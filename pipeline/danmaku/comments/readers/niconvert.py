"""niconvert's JSON: ``{"start": seconds, "style": "top", "color": "ff0000", "content": …}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.danmaku.comments import display
from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.danmaku.comments.record import Comment, hashed_user
from pipeline.reading import values
from pipeline.reading.json_reader import json_reader


def _comment(item: Mapping[str, Any], report: CommentReport) -> Comment | None:
    return report.comment(
        time_ms=values.milliseconds(item.get("start")),
        text=values.text(item.get("content")),
        commands=[
            *display.place(item.get("style")),
            *display.color(item.get("color"), hexadecimal=True),
            *display.size(item.get("size_ratio"), is_ratio=True),
        ],
        user=hashed_user(values.text(item.get("commenter"))),
    )


READER = json_reader(
    "niconvert JSON",
    forms={"item": [["start", "style", "content"]]},
    record=_comment,
    typical=["color", "commenter", "is_guest", "size_ratio"],
)
