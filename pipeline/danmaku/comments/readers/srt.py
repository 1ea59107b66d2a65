"""SRT: each cue is a comment at the time of its beginning."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.danmaku.comments import display
from pipeline.danmaku.comments.ass_tags import color_of, row_of
from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.danmaku.comments.cues import cue_line, cues
from pipeline.danmaku.comments.reader import Reader
from pipeline.danmaku.comments.record import Comment
from pipeline.reading.content import Content

_TAG = re.compile(r"</?(?:i|b|u|s|font|c|em|strong|span|ruby|rt|rp)(?:[\s.][^<>]*)?/?>", re.I)
_BRACES = re.compile(r"\{\\[^{}]*\}")
_COLOR = re.compile(r"<font\b[^<>]*\bcolor\s*=\s*[\"']?([^\"'<>\s]+)", re.IGNORECASE)
_HEAD = 4096


def confidence(content: Content) -> float:
    """High if one of the first lines has an arrow between two times."""
    head = content.head[:_HEAD].decode("utf-8", "replace")
    if head.lstrip().startswith(("<", "{", "WEBVTT")):
        return 0.0
    lines = filter(None, map(cue_line, head.splitlines()))
    return 0.8 if any(time is not None for time, _ in lines) else 0.0


def read(content: Content, report: CommentReport) -> Iterator[Comment]:
    """Yield every cue with a time and a text."""
    for time_ms, _, text in cues(content, ends_at_blank_line=False):
        report.read += 1
        comment = report.comment(
            time_ms=time_ms,
            text=_BRACES.sub("", _TAG.sub("", text)),
            commands=_commands(text),
        )
        if comment is not None:
            yield comment


def _commands(text: str) -> list[str]:
    """Niconico's commands for tags that put a cue at the top or colour it."""
    tags = "".join(_BRACES.findall(text))
    _, row = row_of(tags)
    by_font = _COLOR.search(text)
    color = color_of(tags) or (display.color(by_font[1]) if by_font else [])
    return [*(["ue"] if row == "ue" else []), *color]


READER = Reader("SRT", "lines such as 00:00:01,000 --> 00:00:03,000", confidence, read)
