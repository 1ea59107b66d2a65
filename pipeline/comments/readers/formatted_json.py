"""The “formatted” JSON of niconicomments: a list of comments with ``vpos`` and ``content``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.comments import values
from pipeline.comments.json_stream import items, keys
from pipeline.comments.reader import Reader
from pipeline.comments.readers.niconico_xml import CENTISECOND
from pipeline.comments.record import Comment, hashed_user
from pipeline.comments.report import ReadReport


def recognizes(head: bytes) -> bool:
    """Whether it is a list whose objects have ``vpos`` and ``content`` themselves."""
    found = keys(head)
    return head.lstrip().startswith(b"[") and {"vpos", "content"} <= found and "chat" not in found


def read(path: Path, report: ReadReport) -> Iterator[Comment]:
    """Yield every comment with a text and a time."""
    for item in items(path, "item", report):
        report.read += 1
        if not isinstance(item, dict):
            report.drop("not an object")
            continue
        text, vpos = values.text(item.get("content")), values.integer(item.get("vpos"))
        if text is None or not text.strip():
            report.drop("without text")
        elif vpos is None:
            report.drop("without a time")
        else:
            yield _comment(item, text, vpos, report)


def _comment(item: dict[str, Any], text: str, vpos: int, report: ReadReport) -> Comment:
    mail = item.get("mail")
    return Comment(
        time_ms=vpos * CENTISECOND,
        text=text,
        commands=values.words(mail if isinstance(mail, list) else [mail]),
        no=values.integer(item.get("id")),
        fork="owner" if item.get("owner") is True else "main",
        user=hashed_user(values.text(item.get("user_id"))),
        posted_at=values.integer(item.get("date")) or None,
        posted_us=values.integer(item.get("date_usec")) or 0,
        premium=item.get("premium") is True,
        file=report.file,
        number=report.read,
    )


READER = Reader("formatted JSON", recognizes, read)
