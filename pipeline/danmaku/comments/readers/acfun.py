"""AcFun's JSON in both of its forms.

Until 2019 ``{"c": "seconds,color,mode,size,user,posted", "m": text}``, in a list or in a list
of lists; since then ``{"danmakus": [{"position": ms, "body": text, …}]}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.danmaku.comments import bilibili
from pipeline.danmaku.comments.bilibili import Danmaku
from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.danmaku.comments.record import Comment
from pipeline.reading import values
from pipeline.reading.json_reader import json_reader


def _comment(item: Mapping[str, Any], report: CommentReport) -> Comment | None:
    return bilibili.comment_of(_old(item) if "c" in item else _today(item), report)


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
    created_ms = number(item.get("createTime"), values.MAX_ID) or 0
    return Danmaku(
        time_ms=number(item.get("position")),
        text=values.text(item.get("body")),
        mode=number(item.get("mode")),
        size=number(item.get("size")),
        color=number(item.get("color")),
        posted_at=created_ms // 1000,
        user=values.text(item.get("userId")),
        number=number(item.get("danmakuId"), values.MAX_ID),
    )


READER = json_reader(
    "AcFun JSON",
    forms={
        "item": [["c", "m"]],
        "item.item": [["c", "m"]],
        "danmakus.item": [["position", "body"]],
    },
    record=_comment,
)
