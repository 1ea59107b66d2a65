"""JSON of Niconico's old API and of the jikkyo API: ``chat`` objects in a list or a packet.

The old API mixes them with ``ping``, ``thread``, ``leaf`` and others; the jikkyo API writes
every value as a string.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.comments import values
from pipeline.comments.decoding import beginning
from pipeline.comments.json_stream import items, keys
from pipeline.comments.reader import Reader
from pipeline.comments.readers.niconico_xml import CENTISECOND, FORKS
from pipeline.comments.record import Comment, hashed_user
from pipeline.comments.report import ReadReport


def recognizes(head: bytes) -> bool:
    """Whether there is a ``packet``, or a ``chat`` or its companions in a list or alone."""
    found = keys(head)
    return "packet" in found or ("vposMs" not in found and bool(found & {"chat", "ping", "leaf"}))


def read(path: Path, report: ReadReport) -> Iterator[Comment]:
    """Yield every comment that was not deleted and has a text and a time."""
    head = beginning(path)
    place = "item" if head.lstrip().startswith(b"[") else "packet.item"
    if "packet" not in keys(head) and place != "item":
        place = ""  # one object after the other
    for item in items(path, place, report):
        chat = item.get("chat") if isinstance(item, dict) else None
        if isinstance(item, dict) and "chat" not in item:
            continue
        report.read += 1
        comment = _comment(chat, report)
        if comment is not None:
            yield comment


def _comment(chat: Any, report: ReadReport) -> Comment | None:
    if not isinstance(chat, dict):
        report.drop("not an object")
        return None
    get = chat.get
    text, vpos = values.text(get("content")), values.integer(get("vpos"))
    if values.text(get("deleted")) not in (None, "", "0"):
        report.drop("deleted")
    elif text is None or not text.strip():
        report.drop("without text")
    elif vpos is None:
        report.drop("without a time")
    else:
        return Comment(
            time_ms=vpos * CENTISECOND,
            text=text,
            commands=(values.text(get("mail")) or "").split(),
            no=values.integer(get("no")),
            thread=values.text(get("thread")),
            fork=FORKS.get(values.text(get("fork")) or "0"),
            user=hashed_user(values.text(get("user_id"))),
            posted_at=values.integer(get("date")) or None,
            posted_us=values.integer(get("date_usec")) or 0,
            premium=values.text(get("premium")) in ("1", "3"),
            score=values.integer(get("score")) or 0,
            nicoru=values.integer(get("nicoru")) or 0,
            file=report.file,
            number=report.read,
        )
    return None


READER = Reader("legacy or jikkyo JSON", recognizes, read)
