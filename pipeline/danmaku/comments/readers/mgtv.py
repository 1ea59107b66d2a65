"""MGTV's JSON: ``{"data": {"items": [{"time": ms, "content": …, "v2_color": {…}}]}}``."""

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
        time_ms=values.integer(item.get("time")),
        text=values.text(item.get("content")),
        commands=[
            *display.place(item.get("v2_position"), display.PLAYER_MODES),
            *_color(item.get("v2_color")),
        ],
        no=values.integer(item.get("id"), values.MAX_ID),
        user=hashed_user(values.text(item.get("uuid") or item.get("uid"))),
    )


def _color(gradient: object) -> list[str]:
    """The colour at which a text begins."""
    left = gradient.get("color_left") if isinstance(gradient, dict) else None
    if not isinstance(left, dict):
        return []
    red, green, blue = (values.integer(left.get(name)) or 0 for name in "rgb")
    return display.color((red & 255) << 16 | (green & 255) << 8 | blue & 255)


READER = json_reader(
    "MGTV JSON",
    forms={"data.items.item": [["time", "content"]]},
    record=_comment,
    typical=["id", "type", "uid", "uuid", "v2_position", "v2_color"],
)
