"""“Common danmaku” JSON, as CommentCoreLibrary exchanges it: ``stime`` in milliseconds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.danmaku.comments import bilibili
from pipeline.danmaku.comments.bilibili import Danmaku
from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.danmaku.comments.record import Comment
from pipeline.reading import values
from pipeline.reading.json_reader import json_reader

_OTHER_FIELDS = ("mode", "size", "color", "date", "hash", "pool", "dbid", "border")


def _comment(item: Mapping[str, Any], report: CommentReport) -> Comment | None:
    number = values.integer
    report.note_unused(sorted(set(item).difference(("text", "stime"), _OTHER_FIELDS)))
    danmaku = Danmaku(
        time_ms=number(item.get("stime")),
        text=values.text(item.get("text")),
        mode=number(item.get("mode")),
        size=number(item.get("size")),
        color=number(item.get("color")),
        posted_at=number(item.get("date")),
        pool=number(item.get("pool")) or 0,
        user=values.text(item.get("hash")),
        number=number(item.get("dbid"), values.MAX_ID),
    )
    return bilibili.comment_of(danmaku, report)


READER = json_reader(
    "common danmaku JSON",
    forms={"item": [["stime", "text"]]},
    record=_comment,
    typical=_OTHER_FIELDS,
)
