"""Niconico's nvComment JSON: a whole response, its bare threads, or yt-dlp's flat list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from pipeline.danmaku.comments import display
from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.danmaku.comments.reader import Reader
from pipeline.danmaku.comments.record import Comment, hashed_user
from pipeline.reading import values
from pipeline.reading.content import Content
from pipeline.reading.json_stream import items, owners

_THREADS = ("data.threads.item", "threads.item", "item")


def confidence(content: Content) -> float:
    """Certain if a comment has ``vposMs``; lower for threads alone or an empty list."""
    outline = content.outline
    comments = (*(f"{threads}.comments.item" for threads in _THREADS), "item")
    if any(outline.has(place, "vposMs") for place in comments):
        return 1.0
    lists = ("data.threads", "threads", "item.comments")
    is_list = any("array" in outline.kinds.get(place, ()) for place in lists)
    return 0.4 if is_list or content.head.split() == [b"[]"] else 0.0


def read(content: Content, report: CommentReport) -> Iterator[Comment]:
    """Yield every comment with a text and a time."""
    for fields, thread in _fields(content, report):
        report.read += 1
        comment = _comment(fields, thread, report)
        if comment is not None:
            yield comment


def _fields(content: Content, report: CommentReport) -> Iterator[tuple[Any, Mapping[str, Any]]]:
    """Each comment as it stands, with the members of its thread.

    These may follow the comments, so they are read first, in a pass of their own.
    """
    outline = content.outline
    if content.head.lstrip().startswith(b"["):
        place = "item"
        if not outline.has("item", "comments"):
            yield from ((fields, {}) for fields in items(content, place, report, _is_record))
            return
    else:
        place = "data.threads.item" if outline.has("", "data") else "threads.item"
    comments = items(content, f"{place}.comments.item", report, _is_record)
    members: Mapping[str, Any] = {}
    for thread in owners(content, place, "comments"):
        members = thread.members
        yield from ((fields, members) for fields in islice(comments, thread.items))
    # One of the two passes may have stopped at a fault.
    yield from ((fields, members) for fields in comments)


def _is_record(item: Any) -> bool:
    return isinstance(item, dict) and "vposMs" in item


def _comment(fields: Any, thread: Mapping[str, Any], report: CommentReport) -> Comment | None:
    if not isinstance(fields, dict):
        report.drop("not an object")
        return None
    commands = fields.get("commands")
    posted_at, posted_us = values.unix_time(fields.get("postedAt"))
    return report.comment(
        time_ms=_number(fields.get("vposMs")),
        text=values.text(fields.get("body")),
        commands=display.words(commands) if isinstance(commands, list) else [],
        no=_number(fields.get("no")) or None,
        thread=values.text(thread.get("id")) or None,
        fork=values.text(thread.get("fork")),
        user=hashed_user(fields.get("userId")),
        posted_at=posted_at or None,
        posted_us=posted_us,
        premium=fields.get("isPremium") is True,
        score=_number(fields.get("score")) or 0,
        nicoru=_number(fields.get("nicoruCount")) or 0,
    )


def _number(value: Any) -> int | None:
    """An integer from a number only: digits in quotes belong to other formats."""
    return None if isinstance(value, str) else values.integer(value)


READER = Reader("nvComment JSON", "comments with vposMs and body", confidence, read)
