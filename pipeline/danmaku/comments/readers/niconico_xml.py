"""Niconico XML: ``<chat>`` elements of Saccubus, the old API, jikkyo logs and their API.

There may be one root ``<packet>``, several or none. ``vpos`` is in centiseconds.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.danmaku.comments.niconico import FORKS, time_of
from pipeline.danmaku.comments.reader import Reader
from pipeline.danmaku.comments.record import Comment, hashed_user
from pipeline.danmaku.comments.xml_stream import Vocabulary, confidence_of, elements
from pipeline.reading.content import Content
from pipeline.reading.values import from_digits

_NAMES = Vocabulary(
    comments=("chat",),
    about=("packet", "thread", "leaf", "view_counter", "global_num_res", "chat_result", "ping"),
)


def confidence(content: Content) -> float:
    """High if the first comment is a ``<chat>``, lower for a ``<packet>`` alone."""
    return confidence_of(_NAMES, content, "vpos|date|no|thread|user_id|mail")


def read(content: Content, report: CommentReport) -> Iterator[Comment]:
    """Yield every comment that was not deleted and has a text and a time."""
    for _, fields, text in elements(content, _NAMES, report):
        get = fields.get
        if get("deleted", "0") not in ("0", ""):
            report.drop("deleted")
            continue
        if not text or text.isspace():
            report.drop("without text")
            continue
        vpos, posted_at = from_digits(get("vpos")), from_digits(get("date")) or None
        time_ms = report.usable_time(time_of(vpos, get("thread"), posted_at), posted_at)
        if time_ms is None:
            report.drop("without a time")
            continue
        yield Comment(
            time_ms=time_ms,
            text=text,
            commands=get("mail", "").split(),
            no=from_digits(get("no")) or None,
            thread=get("thread") or None,
            fork=FORKS.get(get("fork", "0")),
            user=hashed_user(get("user_id")),
            posted_at=posted_at,
            posted_us=from_digits(get("date_usec")) or 0,
            premium=get("premium") in ("1", "3"),
            score=from_digits(get("score")) or 0,
            nicoru=from_digits(get("nicoru")) or 0,
            file=report.file,
            number=report.read,
        )


READER = Reader("Niconico XML", "<chat vpos=…> elements", confidence, read)
