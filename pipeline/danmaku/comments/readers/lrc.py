"""LRC: lines of lyrics after one or several times, ``[01:23.45]text``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.danmaku.comments.reader import Reader
from pipeline.danmaku.comments.record import Comment
from pipeline.reading.content import Content
from pipeline.reading.values import clock_time, integer

_STAMP = r"\[\s*((?:\d{1,3}:(?=\d+:\d+[.,]))?\d{1,3}\s*:\s*\d{1,2})(?:[.,:](\d{1,3}))?\s*\]"
"""Hours only where a fraction follows: ``[01:02:03]`` is 1 minute and 2.03 seconds."""
_TIME = re.compile(_STAMP, re.ASCII)
_TIMES = re.compile(rf"\s*((?:{_STAMP}\s*)+)(.*)", re.ASCII)
_WORD_TIME = re.compile(r"<\d{1,3}:\d{1,2}(?:[.,:]\d{1,3})?>", re.ASCII)
_TAG = re.compile(r"\s*\[([^\[\]\d:][^\[\]:]*):([^\[\]]*)\]\s*")
_TITLES = 20
"""Lines that may stand before the first time, such as a title."""
_HEAD = 4096


def confidence(content: Content) -> float:
    """High if one of the first lines begins with a time in brackets."""
    head = content.head[:_HEAD].decode("utf-8", "replace")
    if head.lstrip().startswith(("<", "{", "[Script", "WEBVTT")):
        return 0.0
    return 0.7 if any(map(_TIMES.match, head.splitlines()[:_TITLES])) else 0.0


def read(content: Content, report: CommentReport) -> Iterator[Comment]:
    """Yield every line with a text once for each time; ``[offset:ms]`` makes all earlier."""
    offset_ms = 0
    for line in content.lines():
        if tag := _TAG.fullmatch(line):
            if tag[1].lower() == "offset":
                offset_ms = integer(tag[2]) or 0
            continue
        match = _TIMES.match(line)
        if match is None:
            if line.strip():
                report.read += 1
                report.drop("without a time")
            continue
        text = _TIME.sub("", _WORD_TIME.sub("", match[4])).strip()
        for time in _TIME.finditer(match[1]):
            report.read += 1
            at = clock_time(f"{time[1]}.{time[2] or 0}")
            comment = report.comment(time_ms=None if at is None else at - offset_ms, text=text)
            if comment is not None:
                yield comment


READER = Reader("LRC", "lines such as [01:23.45]text", confidence, read)
