"""Niconico's live comments of today (NDGR), as protobuf or JSON, or as NDGRClient writes them.

The protobuf is a ``PackedSegment``, or a sequence of length-delimited ``ChunkedMessage``. The JSON
is protobuf's of these, ``{"meta": …, "message": {"chat": {"content", "vpos", …}}}``, in lines, a
list or ``messages``. NDGRClient writes lines of flat objects. ``vpos`` counts centiseconds from
the start of the programme; protobuf omits it where it is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.danmaku.comments.niconico import CENTISECOND
from pipeline.danmaku.comments.protobuf_stream import (
    delimited,
    fields,
    first_delimited,
    first_field,
)
from pipeline.danmaku.comments.reader import Reader
from pipeline.danmaku.comments.record import Comment, hashed_user
from pipeline.reading import values
from pipeline.reading.content import Content
from pipeline.reading.json_reader import key_confidence
from pipeline.reading.json_stream import items

_MESSAGES = 1
"""Number of the repeated field ``messages`` of a PackedSegment."""
_META = b"\n"
"""The tag of ``meta``, the first field of a ChunkedMessage."""

_FLAT = {"item": ("hashed_user_id", "content"), "": ("hashed_user_id", "content")}
_NESTED = {"item": ("meta", "message"), "": ("meta", "message"), "messages.item": ("message",)}
_TYPICAL = ("at", "live_id", "raw_user_id", "account_status", "position", "opacity", "no")
_USUAL = {"naka", "medium", "white", "defont", "Normal"}


def confidence(content: Content) -> float:
    """Certain for protobuf; for JSON, higher the more keys are known."""
    if _binary(content) is not None:
        return 1.0
    return max(_place(content, keys)[1] for keys in (_FLAT, _NESTED))


def read(content: Content, report: CommentReport) -> Iterator[Comment]:
    """Yield every comment with a text and a time; other messages are reported as skipped."""
    binary = _binary(content)
    (flat, is_flat), (nested, is_nested) = _place(content, _FLAT), _place(content, _NESTED)
    if binary is not None:
        messages: Iterator[Any] = map(_parsed, binary(content, report))
    else:
        place = flat if is_flat > is_nested else nested
        messages = items(content, place, report, _is_record)
    for item in messages:
        comment = _flat(item, report) if is_flat > is_nested else _nested(item, report)
        if comment is not None:
            yield comment


def _is_record(item: Any) -> bool:
    return isinstance(item, dict) and bool({"hashed_user_id", "message"} & set(item))


def _place(content: Content, keys: Mapping[str, tuple[str, ...]]) -> tuple[str, float]:
    """The most likely place of objects with these keys, and the confidence."""
    confidences = {
        place: key_confidence(content, place, names, _TYPICAL)
        for place, names in keys.items()
        if "message" not in names or _has_parts(content, place)
    } or {"": 0.0}
    place = max(confidences, key=lambda place: confidences[place])
    return place, confidences[place]


def _has_parts(content: Content, place: str) -> bool:
    """Whether a ``message`` at a place is an object rather than a text."""
    return "map" in content.outline.kinds.get(f"{place}.message".lstrip("."), ())


def _flat(item: object, report: CommentReport) -> Comment | None:
    report.read += 1
    get = values.members(item).get
    appearance = [get("position"), get("size"), get("color"), get("font"), get("opacity")]
    return _comment(
        report,
        vpos=values.integer(get("vpos")),
        text=values.text(get("content")),
        appearance=appearance,
        user=get("hashed_user_id") or get("raw_user_id"),
        number=get("no"),
        premium=get("account_status") == "Premium",
        at=get("at"),
    )


def _nested(item: object, report: CommentReport) -> Comment | None:
    if item is None:
        report.read += 1
        report.drop("not readable as protobuf")
        return None
    message = values.members(values.members(item).get("message"))
    chat = values.members(message.get("chat") or message.get("overflowedChat"))
    if not chat:
        for kind in message or {"message without a comment": None}:
            report.skip(kind)
        return None
    report.read += 1
    get = values.members(chat.get("modifier")).get
    appearance = [get("position"), get("size"), get("namedColor"), get("fullColor"), get("font")]
    return _comment(
        report,
        vpos=values.integer(chat.get("vpos", 0)),
        text=values.text(chat.get("content")),
        appearance=[*appearance, get("opacity")],
        user=chat.get("hashedUserId") or chat.get("rawUserId"),
        number=chat.get("no"),
        premium=chat.get("accountStatus") == "Premium",
        at=values.members(values.members(item).get("meta")).get("at"),
    )


def _comment(
    report: CommentReport,
    *,
    vpos: int | None,
    text: str | None,
    appearance: list[Any],
    user: object,
    number: object,
    premium: bool,
    at: object,
) -> Comment | None:
    if isinstance(at, dict):
        posted_at, posted_us = values.integer(at.get("seconds")), 0
        posted_us = (values.integer(at.get("nanos")) or 0) // 1000
    else:
        posted_at, posted_us = values.unix_time(at)
    return report.comment(
        time_ms=None if vpos is None else vpos * CENTISECOND,
        text=text,
        commands=[word for value in appearance if (word := _command(value))],
        no=values.integer(number) or None,
        user=hashed_user(values.text(user)),
        premium=premium,
        posted_at=posted_at or None,
        posted_us=posted_us,
    )


def _command(value: object) -> str | None:
    if isinstance(value, dict):
        red, green, blue = ((values.integer(value.get(name)) or 0) & 255 for name in "rgb")
        return f"#{red:02x}{green:02x}{blue:02x}"
    word = values.text(value)
    return None if word in _USUAL else "_live" if word == "Translucent" else word


def _binary(
    content: Content,
) -> Callable[[Content, CommentReport], Iterator[bytes | None]] | None:
    """How to read the messages of a file that is protobuf; None for any other file."""
    if _is_message(first_field(content.raw_head, _MESSAGES)):
        return lambda content, report: fields(content, _MESSAGES, report)
    return delimited if _is_message(first_delimited(content.raw_head)) else None


def _is_message(first: bytes | None) -> bool:
    if not first or not first.startswith(_META):
        return False
    message = _parsed(first)
    return message is not None and bool(values.members(message.get("meta")).get("id"))


def _parsed(content: bytes | None) -> dict[str, Any] | None:
    from google.protobuf.json_format import MessageToDict
    from google.protobuf.message import DecodeError

    if content is None:
        return None
    message = _message_class()()
    try:
        message.ParseFromString(content)
        parsed: dict[str, Any] = MessageToDict(message)
    except (DecodeError, ValueError):
        return None
    return parsed


@cache
def _message_class() -> Any:
    """``ChunkedMessage``, with the fields that comments need."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    kinds = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="ndgr.proto", package="ndgr", syntax="proto3")
    enums = {
        "Account": ("Standard", "Premium"),
        "Position": ("naka", "shita", "ue"),
        "Size": ("medium", "small", "big"),
        "Color": (
            *("white", "red", "pink", "orange", "yellow", "green", "cyan", "blue", "purple"),
            *("black", "white2", "red2", "pink2", "orange2", "yellow2", "green2", "cyan2"),
            *("blue2", "purple2", "black2"),
        ),
        "Font": ("defont", "mincho", "gothic"),
        "Opacity": ("Normal", "Translucent"),
    }
    messages: dict[str, list[tuple[str, int, str]]] = {
        "Time": [("seconds", 1, "int64"), ("nanos", 2, "int32")],
        "Meta": [("id", 1, "string"), ("at", 2, "Time")],
        "FullColor": [("r", 1, "int32"), ("g", 2, "int32"), ("b", 3, "int32")],
        "Modifier": [
            ("position", 1, "Position"),
            ("size", 2, "Size"),
            ("named_color", 3, "Color"),
            ("full_color", 4, "FullColor"),
            ("font", 5, "Font"),
            ("opacity", 6, "Opacity"),
        ],
        "Chat": [
            ("content", 1, "string"),
            ("vpos", 3, "int32"),
            ("account_status", 4, "Account"),
            ("raw_user_id", 5, "int64"),
            ("hashed_user_id", 6, "string"),
            ("modifier", 7, "Modifier"),
            ("no", 8, "int32"),
        ],
        "Message": [("chat", 1, "Chat"), ("overflowed_chat", 20, "Chat")],
        "ChunkedMessage": [("meta", 1, "Meta"), ("message", 2, "Message")],
    }
    scalars = {"int32": kinds.TYPE_INT32, "int64": kinds.TYPE_INT64, "string": kinds.TYPE_STRING}
    for name, words in enums.items():
        enum = file.enum_type.add(name=name)
        for number, word in enumerate(words):
            enum.value.add(name=word, number=number)
    for name, members in messages.items():
        message = file.message_type.add(name=name)
        for member, number, kind in members:
            field = message.field.add(name=member, number=number, label=kinds.LABEL_OPTIONAL)
            if kind in scalars:
                field.type = scalars[kind]
            else:
                field.type = kinds.TYPE_ENUM if kind in enums else kinds.TYPE_MESSAGE
                field.type_name = f".ndgr.{kind}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("ndgr.ChunkedMessage"))


READER = Reader(
    "NDGR", "messages with a chat, or with hashed_user_id and content", confidence, read
)
