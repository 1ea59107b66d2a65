"""Bilibili protobuf: one segment of comments (``DmSegMobileReply``), or several joined."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from pipeline.danmaku.comments import bilibili
from pipeline.danmaku.comments.bilibili import Danmaku
from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.danmaku.comments.protobuf_stream import fields, first_field
from pipeline.danmaku.comments.reader import Reader
from pipeline.danmaku.comments.record import Comment
from pipeline.reading.content import Content
from pipeline.reading.decoding import decode
from pipeline.reading.values import MAX_ID, MAX_VALUE, integer, text

_ELEMENT = 1
"""Number of the repeated field ``elems``."""


def confidence(content: Content) -> float:
    """Certain if the file begins with a complete element that has a text or a time."""
    first = first_field(content.raw_head, _ELEMENT)
    element = None if first is None else _parsed(first)
    return 1.0 if element is not None and (element.content or element.progress) else 0.0


def read(content: Content, report: CommentReport) -> Iterator[Comment]:
    """Yield every comment with a text that is not code; one without a time is at 0."""
    for field in fields(content, _ELEMENT, report):
        report.read += 1
        element = None if field is None else _parsed(field)
        if element is None:
            report.drop("not readable as protobuf")
            continue
        comment = _comment(element, report)
        if comment is not None:
            yield comment


def _comment(element: Any, report: CommentReport) -> Comment | None:
    content = decode(element.content)
    if "\ufffd" in content or not content.isprintable():
        content = text(content) or ""
        if "\ufffd" in content:
            report.repair("not in its encoding")
    return bilibili.comment_of(
        Danmaku(
            element.progress,
            content,
            element.mode,
            element.fontsize,
            element.color,
            element.ctime if 0 < element.ctime <= MAX_VALUE else None,
            element.pool,
            decode(element.midHash),
            integer(element.id or decode(element.idStr), MAX_ID),
        ),
        report,
    )


def _parsed(content: bytes) -> Any | None:
    from google.protobuf.message import DecodeError

    element = _element_class()()
    try:
        element.ParseFromString(content)
    except DecodeError:
        return None
    return element


@cache
def _element_class() -> Any:
    """``DanmakuElem``, with strings as bytes: invalid UTF-8 in one must not lose the others."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    kinds = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="danmaku.proto", syntax="proto3")
    message = file.message_type.add(name="DanmakuElem")
    for name, number, kind in (
        ("id", 1, kinds.TYPE_INT64),
        ("progress", 2, kinds.TYPE_INT32),
        ("mode", 3, kinds.TYPE_INT32),
        ("fontsize", 4, kinds.TYPE_INT32),
        ("color", 5, kinds.TYPE_UINT32),
        ("midHash", 6, kinds.TYPE_BYTES),
        ("content", 7, kinds.TYPE_BYTES),
        ("ctime", 8, kinds.TYPE_INT64),
        ("pool", 11, kinds.TYPE_INT32),
        ("idStr", 12, kinds.TYPE_BYTES),
    ):
        message.field.add(name=name, number=number, type=kind, label=kinds.LABEL_OPTIONAL)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("DanmakuElem"))


READER = Reader("Bilibili protobuf", "segments of DmSegMobileReply", confidence, read)
