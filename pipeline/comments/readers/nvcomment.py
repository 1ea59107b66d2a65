"""Niconico's nvComment JSON: a whole response, its bare threads, or yt-dlp's flat list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from pipeline.comments import values
from pipeline.comments.decoding import beginning
from pipeline.comments.json_stream import items, keys, owners
from pipeline.comments.reader import Reader
from pipeline.comments.record import Comment, hashed_user
from pipeline.comments.report import ReadReport


def recognizes(head: bytes) -> bool:
    """Whether it has threads, or is a list of comments with ``vposMs``; an empty list is too."""
    found = keys(head)
    if head.lstrip().startswith(b"{"):
        return "threads" in found
    return "vposMs" in found or {"comments", "fork"} <= found or head.split() == [b"[]"]


def read(path: Path, report: ReadReport) -> Iterator[Comment]:
    """Yield every comment with a text and a time."""
    for fields, thread in _fields(path, report):
        report.read += 1
        comment = _comment(fields, thread, report)
        if comment is not None:
            yield comment


def _fields(path: Path, report: ReadReport) -> Iterator[tuple[Any, Mapping[str, Any]]]:
    """Each comment as it stands, and its thread's members.

    These may stand behind the comments, so they are looked for first.
    """
    head = beginning(path)
    found = keys(head)
    if head.lstrip().startswith(b"["):
        place = "item"
        if "comments" not in found:
            yield from ((fields, {}) for fields in items(path, place, report))
            return
    else:
        place = "data.threads.item" if "data" in found else "threads.item"
    comments = items(path, f"{place}.comments.item", report)
    members: Mapping[str, Any] = {}
    for thread in owners(path, place, "comments"):
        members = thread.members
        yield from ((fields, members) for fields in islice(comments, thread.items))
    yield from ((fields, members) for fields in comments)  # behind what one of both stopped at


def _comment(fields: Any, thread: Mapping[str, Any], report: ReadReport) -> Comment | None:
    if not isinstance(fields, dict):
        report.drop("not an object")
        return None
    text, time = values.text(fields.get("body")), _number(fields.get("vposMs"))
    if text is None or not text.strip():
        report.drop("without text")
        return None
    if time is None:
        report.drop("without a time")
        return None
    commands = fields.get("commands")
    posted_at, posted_us = values.unix_time(fields.get("postedAt"))
    return Comment(
        time_ms=time,
        text=text,
        commands=values.words(commands) if isinstance(commands, list) else [],
        no=_number(fields.get("no")) or None,
        thread=values.text(thread.get("id")) or None,
        fork=values.text(thread.get("fork")),
        user=hashed_user(fields.get("userId")),
        posted_at=posted_at or None,
        posted_us=posted_us,
        premium=fields.get("isPremium") is True,
        score=_number(fields.get("score")) or 0,
        nicoru=_number(fields.get("nicoruCount")) or 0,
        file=report.file,
        number=report.read,
    )


def _number(value: Any) -> int | None:
    """A number as a number; digits in quotes belong to other formats."""
    return None if isinstance(value, str) else values.integer(value)


READER = Reader("nvComment JSON", recognizes, read)
