"""Bilibili XML: ``<d p="…">text</d>``, in both orders of its fields.

v1:   ``seconds, mode, size, color, posted, pool, user hash, row [, weight]``
2.0:  ``row, 0, milliseconds, mode, size, color, posted, 0, user hash``
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pipeline.comments import bilibili, values
from pipeline.comments.reader import Reader
from pipeline.comments.record import Comment, hashed_user
from pipeline.comments.report import ReadReport
from pipeline.comments.xml_stream import elements

_ELEMENT = re.compile(rb"<(?:d\s[^>]*?\bp\s*=|chatserver>|chatid>|i>)")


class _Fields(NamedTuple):
    time_ms: int | None
    mode: int
    size: int
    color: int
    posted_at: int | None
    pool: int
    user: str | None
    row: int | None


def recognizes(head: bytes) -> bool:
    """Whether it is XML with ``<d p=`` or Bilibili's header."""
    return head.lstrip().startswith(b"<") and bool(_ELEMENT.search(head)) and b"<chat " not in head


def read(path: Path, report: ReadReport) -> Iterator[Comment]:
    """Yield every comment with a text and a time that is no script."""
    for attributes, text in elements(path, "d", report):
        fields = _fields(attributes.get("p", "").split(","))
        if fields is None or fields.time_ms is None:
            report.drop("without a time")
            continue
        if bilibili.is_script(fields.mode):
            report.drop("scripts")
            continue
        if fields.mode == bilibili.POSITIONED:
            text = bilibili.positioned_text(text) or ""
        text = bilibili.with_line_breaks(text)
        if not text.strip():
            report.drop("without text")
            continue
        yield Comment(
            time_ms=fields.time_ms,
            text=text,
            commands=bilibili.commands(fields.mode, fields.size, fields.color),
            no=fields.row,
            fork=bilibili.fork(fields.pool),
            user=hashed_user(fields.user),
            posted_at=fields.posted_at,
            file=report.file,
            number=report.read,
        )


def _fields(p: list[str]) -> _Fields | None:
    """None for too few fields. Only 2.0 has its 0 second, and no point in its third field."""
    number = values.integer
    if len(p) >= 9 and p[1].strip() == "0" and number(p[2]) is not None and number(p[4]):
        row, _, time, mode, size, color, posted, pool, user, *_ = p
        time_ms = number(time)
    elif len(p) >= 4:
        time, mode, size, color, posted, pool, user, row, *_ = [*p, "", "", "", ""]
        time_ms = values.milliseconds(time)
    else:
        return None
    return _Fields(
        time_ms=time_ms,
        mode=number(mode) or bilibili.SCROLLING,
        size=number(size) or bilibili.NORMAL_SIZE,
        color=bilibili.WHITE if number(color) is None else number(color) or 0,
        posted_at=number(posted) or None,
        pool=number(pool) or 0,
        user=user or None,
        row=number(row, values.LARGEST_ID) or None,
    )


READER = Reader("Bilibili XML", recognizes, read)
