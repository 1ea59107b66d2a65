"""dandanplay's JSON: ``{"comments": [{"cid": …, "p": "seconds,mode,color,user", "m": text}]}``."""

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
    time, mode, color, user, *_ = [*str(item.get("p")).split(","), *[""] * 4]
    danmaku = Danmaku(
        time_ms=values.milliseconds(time),
        text=values.text(item.get("m")),
        mode=values.integer(mode),
        color=values.integer(color),
        user=user,
        number=values.integer(item.get("cid"), values.MAX_ID),
    )
    return bilibili.comment_of(danmaku, report)


READER = json_reader(
    "dandanplay JSON",
    forms={"comments.item": [["p", "m"]], "item": [["p", "m"]]},
    record=_comment,
    typical=["cid"],
)
