"""Bilibili protobuf: ``DmSegMobileReply``, segments of comments, one behind the other or alone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from pipeline.comments import bilibili
from pipeline.comments.decoding import decode
from pipeline.comments.reader import Reader
from pipeline.comments.record import Comment, hashed_user
from pipeline.comments.report import ReadReport
from pipeline.comments.values import LARGEST, LARGEST_ID, integer, text

LONGEST = 4 << 20
"""Bytes of one comment."""

_ELEMENT = 1
"""Number of the repeated field ``elems``."""

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5  # wire types


def recognizes(head: bytes) -> bool:
    """Whether it begins with a whole element that has a text or a time."""
    if head[:1] != b"\n":
        return False
    length, begin = _varint(head, 1)
    if length is None or begin + length > len(head):
        return False
    element = _parsed(head[begin : begin + length])
    return element is not None and bool(element.content or element.progress)


def read(path: Path, report: ReadReport) -> Iterator[Comment]:
    """Yield every comment with a text that is no script; one without a time is at 0."""
    with path.open("rb") as file:
        for content in _elements(file, report):
            report.read += 1
            element = None if content is None else _parsed(content)
            if element is None:
                report.drop("not readable as protobuf")
                continue
            comment = _comment(element, report)
            if comment is not None:
                yield comment


def _comment(element: Any, report: ReadReport) -> Comment | None:
    content = decode(element.content)
    if "\ufffd" in content or not content.isprintable():
        content = text(content) or ""
        if "\ufffd" in content:
            report.repair("not in its encoding")
    if bilibili.is_script(element.mode):
        report.drop("scripts")
        return None
    if element.mode == bilibili.POSITIONED:
        content = bilibili.positioned_text(content) or ""
    if not content.strip():
        report.drop("without text")
        return None
    return Comment(
        time_ms=element.progress,
        text=content,
        commands=bilibili.commands(
            element.mode, element.fontsize or bilibili.NORMAL_SIZE, element.color
        ),
        no=integer(element.id or decode(element.idStr), LARGEST_ID) or None,
        fork=bilibili.fork(element.pool),
        user=hashed_user(decode(element.midHash)),
        posted_at=element.ctime if 0 < element.ctime <= LARGEST else None,
        file=report.file,
        number=report.read,
    )


def _elements(file: BinaryIO, report: ReadReport) -> Iterator[bytes | None]:
    """The bytes of each element; None for one beyond LONGEST."""
    while True:
        tag = _read_varint(file)
        if tag is None:
            return
        field, wire = tag >> 3, tag & 7
        if wire == _BYTES:
            length = _read_varint(file)
            if length is not None and length > LONGEST:
                yield None
                return
            content = file.read(length or 0)
            if length is None or len(content) < length:
                report.repair("cut short", ahead=1)
                return
            if field == _ELEMENT:
                yield content
        elif wire == _VARINT:
            _read_varint(file)
        elif wire in (_FIXED32, _FIXED64):
            file.read(4 if wire == _FIXED32 else 8)
        else:
            report.repair("before what cannot be read")
            return


def _read_varint(file: BinaryIO) -> int | None:
    """None at the end of the file, or for more than the ten bytes that one may have."""
    value = 0
    for shift in range(0, 70, 7):
        byte = file.read(1)
        if not byte:
            return None
        value |= (byte[0] & 0x7F) << shift
        if byte[0] < 0x80:
            return value
    return None


def _varint(content: bytes, begin: int) -> tuple[int | None, int]:
    """A varint and where it ends."""
    value = 0
    for end, byte in enumerate(content[begin : begin + 10], begin + 1):
        value |= (byte & 0x7F) << 7 * (end - begin - 1)
        if byte < 0x80:
            return value, end
    return None, begin


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
    """``DanmakuElem``. Strings are bytes here: one that is no UTF-8 must not lose the rest."""
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


READER = Reader("Bilibili protobuf", recognizes, read)
