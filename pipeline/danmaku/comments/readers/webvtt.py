"""WebVTT: each cue is a comment at the time of its beginning."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.danmaku.comments.cues import cues
from pipeline.danmaku.comments.reader import Reader
from pipeline.danmaku.comments.record import Comment
from pipeline.reading.content import Content

_LINE = re.compile(r"\bline:(-?)(\d{1,9})", re.ASCII)
_TAG = re.compile(r"<[^<>]*>")


def confidence(content: Content) -> float:
    """Certain if the file begins as the standard demands."""
    return 1.0 if content.head.lstrip().startswith(b"WEBVTT") else 0.0


def read(content: Content, report: CommentReport) -> Iterator[Comment]:
    """Yield every cue with a time and a text; notes and styles are ignored."""
    for time_ms, settings, text in cues(content, ends_at_blank_line=True):
        report.read += 1
        comment = report.comment(
            time_ms=time_ms,
            text=html.unescape(_TAG.sub("", text)),
            commands=_commands(settings),
        )
        if comment is not None:
            yield comment


def _commands(settings: str) -> list[str]:
    """Niconico's commands for cues away from the usual place of subtitles."""
    line = _LINE.search(settings)
    if line is None:
        return []
    percent = settings[line.end() : line.end() + 1] == "%"
    upper = int(line[2]) < 50 if percent else not line[1]
    return ["ue" if upper else "shita"]


READER = Reader("WebVTT", "a first line with WEBVTT", confidence, read)
