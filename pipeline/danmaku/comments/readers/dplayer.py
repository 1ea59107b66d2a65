"""DPlayer's JSON: rows of ``[seconds, type, color, user, text]`` under ``data``.

Type 0 scrolls, 1 is at the top and 2 at the bottom; older servers write ``right``, ``top`` and
``bottom``, objects instead of rows, and ``danmaku`` instead of ``data``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.danmaku.comments import display
from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.danmaku.comments.reader import Reader
from pipeline.danmaku.comments.record import Comment, hashed_user
from pipeline.reading import values
from pipeline.reading.content import Content
from pipeline.reading.json_reader import key_confidence
from pipeline.reading.json_stream import items

_PLACES = ("data.item", "danmaku.item", "danmuku.item", "item")
_NAMES = ("time", "type", "color", "author", "text")


def confidence(content: Content) -> float:
    """Whether there are rows of numbers and texts, or objects with the keys of one."""
    return max(_confidence(content, place) for place in _PLACES)


def read(content: Content, report: CommentReport) -> Iterator[Comment]:
    """Yield every comment with a text and a time."""
    place = max(_PLACES, key=lambda place: _confidence(content, place))
    for row in items(content, place, report):
        report.read += 1
        fields = dict(zip(_NAMES, row, strict=False)) if isinstance(row, list) else row
        if not isinstance(fields, dict):
            report.drop("not a row")
            continue
        comment = _comment(fields, report)
        if comment is not None:
            yield comment


def _confidence(content: Content, place: str) -> float:
    if {"number", "string"} <= set(content.outline.kinds.get(f"{place}.item", ())):
        return 0.7
    return key_confidence(content, place, ["time", "type", "text"], ["color", "author"])


def _comment(fields: dict[str, Any], report: CommentReport) -> Comment | None:
    return report.comment(
        time_ms=values.milliseconds(fields.get("time")),
        text=values.text(fields.get("text")),
        commands=[
            *display.place(fields.get("type"), display.PLAYER_MODES),
            *display.color(fields.get("color")),
        ],
        user=hashed_user(values.text(fields.get("author"))),
    )


READER = Reader(
    "DPlayer JSON", "rows of time, type, color, user, text under data", confidence, read
)
