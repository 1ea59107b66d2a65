"""What Bilibili's formats and their relatives share, as comments with Niconico's commands.

Fields and their values: the ``p`` attribute of the XML, and ``DanmakuElem`` of the protobuf.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.danmaku.comments import values
from pipeline.danmaku.comments.read_report import ReadReport
from pipeline.danmaku.comments.record import Comment, hashed_user

WHITE = 0xFFFFFF
SCROLLING, BOTTOM, TOP, REVERSE, POSITIONED = 1, 4, 5, 6, 7
"""Modes; 2 and 3 scroll too, 8 and 9 hold code."""

REVERSE_WORD = "reverse"
"""Niconico has none for text that scrolls to the right."""

PLACES = {BOTTOM: "shita", TOP: "ue", REVERSE: REVERSE_WORD}

_SUBTITLES, _SCRIPTS = 1, 2
"""The uploader's pools."""
_LINE_BREAKS_IN_POSTS = 1_356_998_400  # 2013-01-01 UTC
_LINE_BREAK = re.compile(r"(\w+://\S*)|/n|\\n")
"""One of them, or an address, which stays as it is."""
_BLANKS = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder(strict=False)

NORMAL_SIZE, SMALL_SIZE, BIG_SIZE = 25, 18, 36


class Danmaku(NamedTuple):
    """A comment in Bilibili's terms; what a format does not tell has its usual value."""

    time_ms: int | None
    text: str | None
    mode: int | None = SCROLLING
    size: int | None = NORMAL_SIZE
    color: int | None = WHITE
    """0xRRGGBB."""
    posted_at: int | None = None
    """Unix seconds."""
    pool: int = 0
    """0 is viewers'; 1 holds subtitles and 2 scripts of the uploader's."""
    user: str | None = None
    number: int | None = None


def danmaku(p: Sequence[str], text: str) -> Danmaku | None:
    """Of a ``p`` attribute in the order of v1; None for too few fields.

    ``seconds, mode, size, color, posted, pool, user hash, row``, the last four at will.
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


def comment_of(found: Danmaku | None, report: ReadReport) -> Comment | None:
    """The comment counted last; None, and a note of it, for a script or without text or time."""
    if found is None or found.time_ms is None:
        report.drop("without a time")
        return None
    mode = found.mode or SCROLLING
    if is_script(mode):
        report.drop("scripts")
        return None
    text = found.text or ""
    if mode == POSITIONED:
        text = positioned_text(text) or ""
    text = with_line_breaks(text, mode, found.pool, found.posted_at)
    if not text or text.isspace():
        report.drop("without text")
        return None
    color = WHITE if found.color is None else found.color
    return Comment(
        time_ms=found.time_ms,
        text=text,
        commands=commands(mode, found.size or NORMAL_SIZE, color),
        no=found.number or None,
        fork="owner" if found.pool in (_SUBTITLES, _SCRIPTS) else "main",
        user=hashed_user(found.user),
        posted_at=found.posted_at or None,
        file=report.file,
        number=report.read,
    )


def commands(mode: int, size: int, color: int) -> list[str]:
    """Display commands; plain white text that scrolls has none. ``color`` is 0xRRGGBB."""
    words = [PLACES[mode]] if mode in PLACES else []
    if size <= SMALL_SIZE:
        words.append("small")
    elif size >= BIG_SIZE:
        words.append("big")
    if 0 <= color < WHITE:
        words.append(f"#{color:06x}")
    return words


def is_script(mode: int) -> bool:
    """Whether the text is code."""
    return mode in (8, 9)


def positioned_text(text: str) -> str | None:
    """The words of a positioned comment, the fifth element of its JSON; None if it has none.

    The JSON may be cut off and hold raw line breaks. What is no list stands for itself.
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
            return text if element == 0 else None  # such as [笑]
    return str(value) if isinstance(value, str | int | float) else None


def _unescaped(cut_off: str) -> str:
    """The text of a string of JSON that has no end."""
    whole = re.sub(r"\\(?:u[\da-fA-F]{0,3})?\Z", "", cut_off.rstrip())
    try:
        value, _ = _DECODER.raw_decode(f'"{whole}"')
    except ValueError:
        return whole
    return str(value)


def with_line_breaks(text: str, mode: int, pool: int, posted_at: int | None) -> str:
    r"""The text with the line breaks that ``/n`` and ``\n`` mean.

    They do in positioned comments and in subtitles (pool 1), and in fixed ones from before
    2013, when players knew no other line break. Today's player draws them as they stand.
    """
    old = posted_at is not None and posted_at < _LINE_BREAKS_IN_POSTS
    if mode != POSITIONED and pool != _SUBTITLES and not (old and mode in (TOP, BOTTOM)):
        return text
    return _LINE_BREAK.sub(lambda found: found[1] or "\n", text)
