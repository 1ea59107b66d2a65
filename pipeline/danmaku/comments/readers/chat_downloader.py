"""chat_downloader's JSON, a list or JSON Lines: ``message`` at ``time_in_seconds``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.danmaku.comments.record import Comment, hashed_user
from pipeline.reading import values
from pipeline.reading.json_reader import json_reader

_FORMS = (("message", "time_in_seconds"), ("message", "author", "timestamp"))
"""Recorded after the broadcast, and during it."""


def _comment(item: Mapping[str, Any], report: CommentReport) -> Comment | None:
    author = values.members(item.get("author"))
    microseconds = values.integer(item.get("timestamp"), values.MAX_ID) or 0
    shown = item.get("time_text")
    time_ms = values.milliseconds(item.get("time_in_seconds"))
    if time_ms is None and isinstance(shown, str):
        time_ms = values.clock_time(shown)
    return report.comment(
        time_ms=time_ms,
        text=values.text(item.get("message")),
        user=hashed_user(values.text(author.get("id") or author.get("name"))),
        posted_at=microseconds // 1_000_000 or None,
        posted_us=microseconds % 1_000_000,
    )


READER = json_reader(
    "chat_downloader JSON",
    forms={
        "item": _FORMS,
        "": _FORMS,
    },
    record=_comment,
    typical=["message_type", "author", "timestamp", "time_text", "action_type"],
)
