"""Bilibili XML: ``<d p="…">text</d>``, with its fields in either order.

v1:   ``seconds, mode, size, color, posted, pool, user hash, row [, weight]``
2.0:  ``row, 0, milliseconds, mode, size, color, posted, 0, user hash``

Recorders of live streams write paid messages as ``<sc ts="…" price="…">``, and gifts and guards
(subscribers) without any text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.danmaku.comments import bilibili
from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.danmaku.comments.reader import Reader
from pipeline.danmaku.comments.record import Comment, hashed_user
from pipeline.danmaku.comments.xml_stream import Vocabulary, confidence_of, elements
from pipeline.reading import values
from pipeline.reading.content import Content

_HEADER = ("chatserver", "chatid", "mission", "maxlimit", "state", "real_name", "source")
_NAMES = Vocabulary(comments=("d", "sc"), about=("i", *_HEADER))


def confidence(content: Content) -> float:
    """High if the first comment is a ``<d p=``, lower for Bilibili's header alone."""
    return confidence_of(_NAMES, content, "p|ts")


def read(content: Content, report: CommentReport) -> Iterator[Comment]:
    """Yield every comment with a text and a time that is not code."""
    for name, attributes, text in elements(content, _NAMES, report):
        if name == "sc":
            comment = _paid(attributes, text, report)
        else:
            p = attributes.get("p", "").split(",")
            comment = bilibili.comment_of(_danmaku(p, text), report)
        if comment is not None:
            yield comment


def _danmaku(p: list[str], text: str) -> bilibili.Danmaku | None:
    """Only 2.0 has a 0 as its second field, and an integer as its third."""
    number = values.from_digits
    if len(p) < 9 or p[1].strip() != "0" or number(p[2]) is None or not number(p[4]):
        return bilibili.danmaku(p, text)
    row, _, time, mode, size, color, posted, pool, user, *_ = p
    danmaku = bilibili.danmaku(["0", mode, size, color, posted, pool, user, row], text)
    return danmaku and danmaku._replace(time_ms=number(time))


def _paid(attributes: Mapping[str, str], text: str, report: CommentReport) -> Comment | None:
    return report.comment(
        time_ms=values.milliseconds(attributes.get("ts")),
        text=text,
        fork="main",
        user=hashed_user(attributes.get("uid") or attributes.get("user")),
    )


READER = Reader("Bilibili XML", '<d p="…"> elements', confidence, read)
