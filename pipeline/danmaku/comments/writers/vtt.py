"""WebVTT: cues in order of time, at the top or the bottom if commands say so."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from pipeline.danmaku.comments.carried_style import style_of
from pipeline.danmaku.comments.record import Comment
from pipeline.danmaku.comments.writer import Output, Writer
from pipeline.danmaku.drawing.layout import EXTRA_SCROLL_SECONDS
from pipeline.runtime.clock import timestamp

_SETTINGS = {"naka": "", "ue": " line:0", "shita": " line:-1"}
_EMPTY_LINE = re.compile(r"^$", re.MULTILINE)


def write(comments: Iterable[Comment], output: Output) -> None:
    """Write a cue for each comment; sorting them, as the standard demands, needs all in memory."""
    output.write("WEBVTT\n")
    for comment in sorted(comments, key=lambda comment: comment.time_ms):
        style = style_of(comment, {"place"}, output)
        if comment.time_ms < 0:
            output.lose("times before the start, now 0")
        start = max(comment.time_ms, 0)
        shown = style.seconds + EXTRA_SCROLL_SECONDS * (style.place == "naka")
        times = f"{timestamp(start)} --> {timestamp(start + round(shown * 1000))}"
        output.write(f"\n{times}{_SETTINGS[style.place]}\n{_text(comment.text, output)}\n")
        output.written += 1


def _text(text: str, output: Output) -> str:
    """The text, escaped; empty lines get a space because they would end the cue."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    filled = _EMPTY_LINE.sub(" ", lines)
    if filled != text:
        output.lose("empty lines, carriage returns and NUL")
    return html.escape(filled, quote=False)


WRITER = Writer(carries=frozenset({"commands"}), scripts="dropped", write=write)
