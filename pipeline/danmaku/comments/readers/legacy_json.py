"""JSON of Niconico's old API and of the jikkyo API: ``chat`` objects in a list or a packet.

The old API mixes them with ``ping``, ``thread``, ``leaf`` and others; the jikkyo API writes
every value as a string.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.danmaku.comments.columns import has_required
from pipeline.danmaku.comments.comment_report import CommentReport
from pipeline.danmaku.comments.niconico import FORKS, time_of
from pipeline.danmaku.comments.reader import Reader
from pipeline.danmaku.comments.record import Comment, hashed_user
from pipeline.reading import values
from pipeline.reading.content import Content
from pipeline.reading.json_stream import items

_PLACES = ("item", "packet.item", "")
_COMPANIONS = {
    *("ping", "leaf", "thread", "global_num_res", "num_click", "view_counter", "chat_result"),
}
_FIELDS = {"vpos", "content", "date", "deleted", "no"}


def confidence(content: Content) -> float:
    """Certain for a ``chat`` with known fields; low if there are only its companions."""
    outline = content.outline
    for place in _PLACES:
        chat = outline.keys.get(_within(place, "chat"), frozenset())
        if chat & _FIELDS and not has_required(outline.keys.get(place, ())):
            return 1.0
    companions = outline.keys.get("item", frozenset())
    if companions and companions <= _COMPANIONS:
        return 0.4
    return 0.4 if "array" in outline.kinds.get("packet", ()) else 0.0


def read(content: Content, report: CommentReport) -> Iterator[Comment]:
    """Yield every comment that was not deleted and has a text and a time."""
    in_list = content.head.lstrip().startswith(b"[")
    packet = "array" in content.outline.kinds.get("packet", ())
    place = "item" if in_list else "packet.item" if packet else ""
    for item in items(
        content, place, report, lambda item: isinstance(item, dict) and "chat" in item
    ):
        chat = item.get("chat") if isinstance(item, dict) else None
        if isinstance(item, dict) and "chat" not in item:
            for name in sorted(set(item) - _COMPANIONS):
                report.skip(f"“{name}”")
            continue
        report.read += 1
        comment = _comment(chat, report)
        if comment is not None:
            yield comment


def _within(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _comment(chat: Any, report: CommentReport) -> Comment | None:
    if not isinstance(chat, dict):
        report.drop("not an object")
        return None
    get = chat.get
    if values.text(get("deleted")) not in (None, "", "0"):
        report.drop("deleted")
        return None
    posted_at = values.integer(get("date")) or None
    return report.comment(
        time_ms=time_of(values.integer(get("vpos")), get("thread"), posted_at),
        text=values.text(get("content")),
        commands=(values.text(get("mail")) or "").split(),
        no=values.integer(get("no")),
        thread=values.text(get("thread")),
        fork=FORKS.get(values.text(get("fork")) or "0"),
        user=hashed_user(values.text(get("user_id"))),
        posted_at=posted_at,
        posted_us=values.integer(get("date_usec")) or 0,
        premium=values.text(get("premium")) in ("1", "3"),
        score=values.integer(get("score")) or 0,
        nicoru=values.integer(get("nicoru")) or 0,
    )


READER = Reader(
    "legacy or jikkyo JSON", "objects named chat, in a list or a packet", confidence, read
)
