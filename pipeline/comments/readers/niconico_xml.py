"""Niconico XML: ``<chat>`` elements of Saccubus, the old API, jikkyo logs and their API.

The root may be ``<packet>``, several of them or none. ``vpos`` is in centiseconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from pipeline.comments.reader import Reader
from pipeline.comments.record import Comment, hashed_user
from pipeline.comments.report import ReadReport
from pipeline.comments.values import from_digits
from pipeline.comments.xml_stream import elements

CENTISECOND = 10  # milliseconds
FORKS = {"0": "main", "1": "owner", "2": "easy"}
"""Values of the attribute ``fork``; none is viewers'."""

_ELEMENT = re.compile(rb"<(?:chat|packet)[\s/>]")


def recognizes(head: bytes) -> bool:
    """Whether it is XML with a ``<packet>`` or ``<chat>``."""
    return head.lstrip().startswith(b"<") and bool(_ELEMENT.search(head))


def read(path: Path, report: ReadReport) -> Iterator[Comment]:
    """Yield every comment that was not deleted and has a text and a time."""
    for fields, text in elements(path, "chat", report):
        if fields.get("deleted", "0") not in ("0", ""):
            report.drop("deleted")
        elif not text or text.isspace():
            report.drop("without text")
        elif (vpos := from_digits(fields.get("vpos"))) is None:
            report.drop("without a time")
        else:
            yield _comment(fields, text, vpos, report)


def _comment(fields: Mapping[str, str], text: str, vpos: int, report: ReadReport) -> Comment:
    get = fields.get
    return Comment(
        time_ms=vpos * CENTISECOND,
        text=text,
        commands=get("mail", "").split(),
        no=from_digits(get("no")) or None,
        thread=get("thread") or None,
        fork=FORKS.get(get("fork", "0")),
        user=hashed_user(get("user_id")),
        posted_at=from_digits(get("date")) or None,
        posted_us=from_digits(get("date_usec")) or 0,
        premium=get("premium") in ("1", "3"),
        score=from_digits(get("score")) or 0,
        nicoru=from_digits(get("nicoru")) or 0,
        file=report.file,
        number=report.read,
    )


READER = Reader("Niconico XML", recognizes, read)
