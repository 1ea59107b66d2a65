"""dandanplay's JSON: ``{"comments": [{"cid": …, "p": "seconds,mode,color,user", "m": text}]}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.danmaku.comments import bilibili, values
from pipeline.danmaku.comments.bilibili import Danmaku
from pipeline.danmaku.comments.json_reader import json_reader
from pipeline.danmaku.comments.read_report import ReadReport
from pipeline.danmaku.comments.record import Comment


def _comment(item: Mapping[str, Any], report: ReadReport) -> Comment | None:
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
    comment=_comment,
    typical=["cid"],
)
