"""AcFun's JSON of both ages.

Until 2019 ``{"c": "seconds,color,mode,size,user,posted", "m": text}``, in a list or in lists of
a list; since then ``{"danmakus": [{"position": ms, "body": text, …}]}``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.comments import bilibili, values
from pipeline.comments.bilibili import Danmaku
from pipeline.comments.content import Content
from pipeline.comments.json_reader import key_confidence
from pipeline.comments.json_stream import items
from pipeline.comments.reader import Reader
from pipeline.comments.record import Comment
from pipeline.comments.report import ReadReport

_KEYS = {
    "item": ("c", "m"),
    "item.item": ("c", "m"),
    "danmakus.item": ("position", "body"),
}


def confidence(content: Content) -> float:
    """Whether there are objects of one of its forms."""
    return max(key_confidence(content, place, keys) for place, keys in _KEYS.items())


def read(content: Content, report: ReadReport) -> Iterator[Comment]:
    """Yield every comment with a text and a time that is no script."""
    place = max(_KEYS, key=lambda place: key_confidence(content, place, _KEYS[place]))
    for item in items(content, place, report, _is_record):
        report.read += 1
        if not isinstance(item, dict):
            report.drop("not an object")
            continue
        comment = bilibili.comment_of(_old(item) if "c" in item else _today(item), report)
        if comment is not None:
            yield comment


def _is_record(item: Any) -> bool:
    return isinstance(item, dict) and bool({"c", "position"} & set(item))


def _old(item: Mapping[str, Any]) -> Danmaku:
    time, color, mode, size, user, posted, *_ = [*str(item["c"]).split(","), *[""] * 6]
    number = values.integer
    return Danmaku(
        time_ms=values.milliseconds(time),
        text=values.text(item.get("m")),
        mode=number(mode),
        size=number(size),
        color=number(color),
        posted_at=number(posted),
        user=user,
    )


def _today(item: Mapping[str, Any]) -> Danmaku:
    number = values.integer
    created_ms = number(item.get("createTime"), values.LARGEST_ID) or 0
    return Danmaku(
        time_ms=number(item.get("position")),
        text=values.text(item.get("body")),
        mode=number(item.get("mode")),
        size=number(item.get("size")),
        color=number(item.get("color")),
        posted_at=created_ms // 1000,
        user=values.text(item.get("userId")),
        number=number(item.get("danmakuId"), values.LARGEST_ID),
    )


READER = Reader("AcFun JSON", "a list of objects with c, m", confidence, read)
