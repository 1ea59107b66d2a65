"""Twitch's chat as yt-dlp saves it (``rechat.json``): a list of comments of either API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.comments.content import Content
from pipeline.comments.json_reader import key_confidence
from pipeline.comments.json_stream import items
from pipeline.comments.reader import Reader
from pipeline.comments.record import Comment
from pipeline.comments.report import ReadReport
from pipeline.comments.twitch import comment, old_comment

_TODAY = ("contentOffsetSeconds", "message")
_OLD = ("content_offset_seconds", "message")
_KEYS = {"item": (_TODAY, _OLD), "item.node": (_TODAY,), "": (_TODAY, _OLD)}


def confidence(content: Content) -> float:
    """Whether there are comments of one of the APIs."""
    return max(_confidence(content, place) for place in _KEYS)


def read(content: Content, report: ReadReport) -> Iterator[Comment]:
    """Yield every comment with a text and a time."""
    place = max(_KEYS, key=lambda place: _confidence(content, place))
    for item in items(content, place, report, _is_record):
        report.read += 1
        if not isinstance(item, dict):
            report.drop("not an object")
            continue
        found = (comment if _TODAY[0] in item else old_comment)(item, report)
        if found is not None:
            yield found


def _is_record(item: Any) -> bool:
    return isinstance(item, dict) and bool({_TODAY[0], _OLD[0]} & set(item))


def _confidence(content: Content, place: str) -> float:
    return max(key_confidence(content, place, keys, ["commenter"]) for keys in _KEYS[place])


READER = Reader("rechat JSON", "comments with contentOffsetSeconds, message", confidence, read)
