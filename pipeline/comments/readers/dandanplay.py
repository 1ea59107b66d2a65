"""dandanplay's JSON: ``{"comments": [{"cid": …, "p": "seconds,mode,color,user", "m": text}]}``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.comments import bilibili, values
from pipeline.comments.bilibili import Danmaku
from pipeline.comments.json_reader import json_reader
from pipeline.comments.record import Comment
from pipeline.comments.report import ReadReport


def _comment(item: Mapping[str, Any], report: ReadReport) -> Comment | None:
    time, mode, color, user, *_ = [*str(item.get("p")).split(","), *[""] * 4]
    found = Danmaku(
        time_ms=values.milliseconds(time),
        text=values.text(item.get("m")),
        mode=values.integer(mode),
        color=values.integer(color),
        user=user,
        number=values.integer(item.get("cid"), values.LARGEST_ID),
    )
    return bilibili.comment_of(found, report)


READER = json_reader(
    "dandanplay JSON",
    forms={"comments.item": [["p", "m"]], "item": [["p", "m"]]},
    comment=_comment,
    typical=["cid"],
)
