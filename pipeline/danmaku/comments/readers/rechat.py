"""Twitch's chat as yt-dlp saves it (``rechat.json``): a list of comments from either API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.danmaku.comments.record import Comment
from pipeline.danmaku.comments.twitch import comment, old_comment
from pipeline.reading.json_reader import json_reader

_TODAY = ("contentOffsetSeconds", "message")
_OLD = ("content_offset_seconds", "message")


def _comment(item: Mapping[str, Any], report: CommentReport) -> Comment | None:
    return (comment if _TODAY[0] in item else old_comment)(item, report)


READER = json_reader(
    "rechat JSON",
    forms={"item": (_TODAY, _OLD), "item.node": (_TODAY,), "": (_TODAY, _OLD)},
    record=_comment,
    typical=["commenter"],
)
