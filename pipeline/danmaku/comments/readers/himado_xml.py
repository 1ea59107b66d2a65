"""himado's XML: ``<c p="…">text</c>``, with the fields of Bilibili's v1."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.danmaku.comments import bilibili
from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.danmaku.comments.reader import Reader
from pipeline.danmaku.comments.record import Comment
from pipeline.danmaku.comments.xml_stream import Vocabulary, confidence_of, elements
from pipeline.reading.content import Content

_NAMES = Vocabulary(comments=("c",), about=("comments",))


def confidence(content: Content) -> float:
    """High if the first comment is a ``<c p=``."""
    return confidence_of(_NAMES, content, "p")


def read(content: Content, report: CommentReport) -> Iterator[Comment]:
    """Yield every comment with a text and a time that is not code."""
    for _, attributes, text in elements(content, _NAMES, report):
        p = attributes.get("p", "").split(",")
        comment = bilibili.comment_of(bilibili.danmaku(p, text), report)
        if comment is not None:
            yield comment


READER = Reader("himado XML", '<c p="…"> elements', confidence, read)
