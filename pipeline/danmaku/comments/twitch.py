"""Make comments from the objects of Twitch's two APIs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.danmaku.comments import display
from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.danmaku.comments.record import Comment, hashed_user
from pipeline.reading import values


def comment(item: Mapping[str, Any], report: CommentReport) -> Comment | None:
    """From today's API, whose names are in camel case."""
    message = values.members(item.get("message"))
    return _comment(
        report,
        offset=item.get("contentOffsetSeconds"),
        text=_joined(message),
        color=message.get("userColor"),
        user=values.members(item.get("commenter")).get("id"),
        created=item.get("createdAt"),
    )


def old_comment(item: Mapping[str, Any], report: CommentReport) -> Comment | None:
    """From the API until 2022, whose names have underscores."""
    message = values.members(item.get("message"))
    return _comment(
        report,
        offset=item.get("content_offset_seconds"),
        text=values.text(message.get("body")) or _joined(message),
        color=message.get("user_color"),
        user=values.members(item.get("commenter")).get("_id"),
        created=item.get("created_at"),
    )


def _comment(
    report: CommentReport,
    offset: object,
    text: str | None,
    color: object,
    user: object,
    created: object,
) -> Comment | None:
    posted_at, posted_us = values.unix_time(created)
    return report.comment(
        time_ms=values.milliseconds(offset),
        text=text,
        commands=display.color(color),
        user=hashed_user(values.text(user)),
        posted_at=posted_at or None,
        posted_us=posted_us,
    )


def _joined(message: Mapping[str, Any]) -> str:
    """The text of all fragments; emotes appear by their names."""
    fragments = message.get("fragments")
    parts = map(values.members, fragments if isinstance(fragments, list) else [])
    return "".join(values.text(part.get("text")) or "" for part in parts)
