"""himado's XML: ``<c p="…">text</c>``, with the fields of Bilibili's first order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.comments import bilibili
from pipeline.comments.content import Content
from pipeline.comments.reader import Reader
from pipeline.comments.record import Comment
from pipeline.comments.report import ReadReport
from pipeline.comments.xml_stream import Vocabulary, elements

_NAMES = Vocabulary(comments=("c",), about=("comments",))
_COMMENT = re.compile(rb"<c\s[^>]*?\bp\s*=")


def confidence(content: Content) -> float:
    """Whether it is XML with ``<c p=``."""
    is_xml = content.head.lstrip().startswith(b"<")
    return 0.8 if is_xml and _COMMENT.search(content.head) else 0.0


def read(content: Content, report: ReadReport) -> Iterator[Comment]:
    """Yield every comment with a text and a time that is no script."""
    for _, attributes, text in elements(content, _NAMES, report):
        p = attributes.get("p", "").split(",")
        comment = bilibili.comment_of(bilibili.danmaku(p, text), report)
        if comment is not None:
            yield comment


READER = Reader("himado XML", '<c p="…"> elements', confidence, read)
