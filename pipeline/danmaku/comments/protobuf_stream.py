"""Read protobuf of any size: the messages in one repeated field, one after the other."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.reading.content import Content

MAX_MESSAGE_BYTES = 4 << 20
"""Bytes of one message."""

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5  # wire types


def fields(content: Content, number: int, report: CommentReport) -> Iterator[bytes | None]:
    """The bytes of each field ``number``; a last None for one beyond the maximum."""
    stream = _Stream(content)
    while True:
        tag = stream.varint()
        if tag is None:
            return
        field, wire = tag >> 3, tag & 7
        if wire == _BYTES:
            length = stream.varint()
            if length is not None and length > MAX_MESSAGE_BYTES:
                yield None
                return
            value = stream.read(length or 0)
            if length is None or len(value) < length:
                report.repair("cut short", ahead=1)
                return
            if field == number:
                yield value
        elif wire == _VARINT:
            stream.varint()
        elif wire in (_FIXED32, _FIXED64):
            stream.read(4 if wire == _FIXED32 else 8)
        else:
            report.repair("before what cannot be read")
            return


def delimited(content: Content, report: CommentReport) -> Iterator[bytes | None]:
    """Messages that each follow their length; a last None for one beyond the maximum."""
    stream = _Stream(content)
    while (length := stream.varint()) is not None:
        if length > MAX_MESSAGE_BYTES:
            yield None
            return
        value = stream.read(length)
        if len(value) < length:
            report.repair("cut short", ahead=1)
            return
        yield value


def first_field(head: bytes, number: int) -> bytes | None:
    """The bytes of the field ``number`` that the file begins with, if it is complete."""
    if head[:1] != bytes([number << 3 | _BYTES]):
        return None
    return first_delimited(head[1:])


def first_delimited(head: bytes) -> bytes | None:
    """The length-delimited message that the file begins with, if it is complete."""
    length = 0
    for end, byte in enumerate(head[:10], 1):
        length |= (byte & 0x7F) << 7 * (end - 1)
        if byte < 0x80:
            return head[end : end + length] if end + length <= len(head) else None
    return None


class _Stream:
    """The decompressed bytes of a file, read in any amount."""

    def __init__(self, content: Content) -> None:
        self._pieces = content.raw()
        self._pending = b""

    def read(self, size: int) -> bytes:
        """Read ``size`` bytes; fewer only at the end."""
        parts = [self._pending]
        length = len(self._pending)
        while length < size and (piece := next(self._pieces, None)) is not None:
            parts.append(piece)
            length += len(piece)
        whole = b"".join(parts)
        self._pending = whole[size:]
        return whole[:size]

    def varint(self) -> int | None:
        """Read a varint; None at the end of the file, or if it exceeds ten bytes."""
        value = 0
        for shift in range(0, 70, 7):
            byte = self.read(1)
            if not byte:
                return None
            value |= (byte[0] & 0x7F) << shift
            if byte[0] < 0x80:
                return value
        return None
