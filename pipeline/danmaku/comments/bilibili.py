"""Make comments from the fields that Bilibili's formats and their relatives share.

The fields and their values are those of the ``p`` attribute in the XML, and of ``DanmakuElem`` in
the protobuf.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.danmaku.comments.record import Comment, hashed_user
from pipeline.reading import values

WHITE = 0xFFFFFF
SCROLLING, BOTTOM, TOP, REVERSE, POSITIONED = 1, 4, 5, 6, 7
"""Modes; 2 and 3 scroll too, and 8 and 9 are code."""

REVERSE_WORD = "reverse"
"""A command for text that scrolls to the right; Niconico has none."""

PLACES = {BOTTOM: "shita", TOP: "ue", REVERSE: REVERSE_WORD}

_SUBTITLES, _SCRIPTS = 1, 2
"""The uploader's pools."""
_LINE_BREAKS_IN_POSTS = 1_356_998_400  # 2013-01-01 UTC
_LINE_BREAK = re.compile(r"(\w+://\S*)|/n|\\n")
"""A line break, or an address, which stays as it is."""
_BLANKS = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder(strict=False)

NORMAL_SIZE, SMALL_SIZE, BIG_SIZE = 25, 18, 36


class Danmaku(NamedTuple):
    """A comment in Bilibili's terms; fields that a format lacks have their usual values."""

    time_ms: int | None
    text: str | None
    mode: int | None = SCROLLING
    size: int | None = NORMAL_SIZE
    color: int | None = WHITE
    """0xRRGGBB."""
    posted_at: int | None = None
    """Unix seconds."""
    pool: int = 0
    """0 for viewers' comments, 1 for the uploader's subtitles, 2 for the uploader's scripts."""
    user: str | None = None
    number: int | None = None


def danmaku(p: Sequence[str], text: str) -> Danmaku | None:
    """From a ``p`` attribute in the order of v1; None if it has too few fields.

    ``seconds, mode, size, color, posted, pool, user hash, row``; the last four are optional.
    """
    if len(p) < 4:
        return None
    time, mode, size, color, posted, pool, user, row, *_ = [*p, "", "", "", ""]
    number = values.from_digits
    return Danmaku(
        values.milliseconds(time),
        text,
        number(mode),
        number(size),
        number(color),
        number(posted),
        number(pool) or 0,
        user,
        number(row, values.MAX_ID),
    )


def comment_of(danmaku: Danmaku | None, report: CommentReport) -> Comment | None:
    """The comment counted last; drops it and returns None if it is code or lacks text or time."""
    if danmaku is None or danmaku.time_ms is None:
        report.drop("without a time")
        return None
    mode = danmaku.mode or SCROLLING
    if is_script(mode):
        report.drop("scripts")
        return None
    text = danmaku.text or ""
    if mode == POSITIONED:
        text = positioned_text(text) or ""
    text = with_line_breaks(text, mode, danmaku.pool, danmaku.posted_at)
    if not text or text.isspace():
        report.drop("without text")
        return None
    color = WHITE if danmaku.color is None else danmaku.color
    return Comment(
        time_ms=danmaku.time_ms,
        text=text,
        commands=commands(mode, danmaku.size or NORMAL_SIZE, color),
        no=danmaku.number or None,
        fork="owner" if danmaku.pool in (_SUBTITLES, _SCRIPTS) else "main",
        user=hashed_user(danmaku.user),
        posted_at=danmaku.posted_at or None,
        file=report.file,
        number=report.read,
    )


def commands(mode: int, size: int, color: int) -> list[str]:
    """Display commands; none for scrolling white text of normal size. ``color`` is 0xRRGGBB."""
    words = [PLACES[mode]] if mode in PLACES else []
    if size <= SMALL_SIZE:
        words.append("small")
    elif size >= BIG_SIZE:
        words.append("big")
    if 0 <= color < WHITE:
        words.append(f"#{color:06x}")
    return words


def is_script(mode: int) -> bool:
    """Whether comments of this mode are code."""
    return mode in (8, 9)


def positioned_text(text: str) -> str | None:
    """The text of a positioned comment, the fifth element of its JSON; None if there is none.

    The JSON may be cut short and hold raw line breaks. Text that is not a list stays as it is.
    """
    if not text.lstrip().startswith("["):
        return text
    position = text.index("[") + 1
    for element in range(5):
        position = _BLANKS.match(text, position).end()  # type: ignore[union-attr]
        try:
            value, position = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            if element == 4 and text[position : position + 1] == '"':
                return _unescaped(text[position + 1 :])
            return text if element == 0 else None  # text such as [笑]
    return str(value) if isinstance(value, str | int | float) else None


def _unescaped(cut_short: str) -> str:
    """The text of a JSON string without an end."""
    whole = re.sub(r"\\(?:u[\da-fA-F]{0,3})?\Z", "", cut_short.rstrip())
    try:
        value, _ = _DECODER.raw_decode(f'"{whole}"')
    except ValueError:
        return whole
    return str(value)


def with_line_breaks(text: str, mode: int, pool: int, posted_at: int | None) -> str:
    r"""The text with line breaks for ``/n`` and ``\n``, where they mean that.

    That is so in positioned comments, in subtitles (pool 1), and in fixed comments from before
    2013, when players knew no other line break. Elsewhere the player draws them as they stand.
    """
    old = posted_at is not None and posted_at < _LINE_BREAKS_IN_POSTS
    if mode != POSITIONED and pool != _SUBTITLES and not (old and mode in (TOP, BOTTOM)):
        return text
    return _LINE_BREAK.sub(lambda match: match[1] or "\n", text)
