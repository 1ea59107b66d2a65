"""The “formatted” JSON of niconicomments: a list of comments with ``vpos`` and ``content``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.danmaku.comments import display
from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.danmaku.comments.niconico import time_of
from pipeline.danmaku.comments.record import Comment, hashed_user
from pipeline.reading import values
from pipeline.reading.json_reader import json_reader


def _comment(item: Mapping[str, Any], report: CommentReport) -> Comment | None:
    mail = item.get("mail")
    posted_at = values.integer(item.get("date")) or None
    return report.comment(
        time_ms=time_of(values.integer(item.get("vpos")), None, posted_at),
        text=values.text(item.get("content")),
        commands=display.words(mail if isinstance(mail, list) else [mail]),
        no=values.integer(item.get("id")),
        fork="owner" if item.get("owner") is True else "main",
        user=hashed_user(values.text(item.get("user_id"))),
        posted_at=posted_at,
        posted_us=values.integer(item.get("date_usec")) or 0,
        premium=item.get("premium") is True,
    )


READER = json_reader(
    "formatted JSON",
    forms={"item": [["vpos", "content"]]},
    record=_comment,
    typical=["id", "date", "date_usec", "owner", "premium", "mail", "user_id", "layer"],
)
