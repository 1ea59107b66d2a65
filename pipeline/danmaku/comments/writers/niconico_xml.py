"""Niconico XML, as Saccubus and the old API wrote it: times in centiseconds."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.danmaku.comments.niconico import CENTISECOND, FORKS
from pipeline.danmaku.comments.record import Comment
from pipeline.danmaku.comments.writer import Output, Writer
from pipeline.danmaku.comments.xml_writing import begin, end, write_element

_FORK_NUMBERS = {name: number for number, name in FORKS.items()}


def write(comments: Iterable[Comment], output: Output) -> None:
    """Write ``<packet>`` with a ``<chat>`` for each comment."""
    begin("packet", output)
    for comment in comments:
        if comment.time_ms % CENTISECOND:
            output.lose("milliseconds")
        write_element("chat", _attributes(comment), comment.text, output)
    end("packet", output)


def _attributes(comment: Comment) -> dict[str, str]:
    """Number, time and date are always present, as some tools require; 0 means unknown."""
    return {
        **_given("thread", comment.thread),
        "no": str(comment.no or 0),
        "vpos": str(round(comment.time_ms / CENTISECOND)),
        "date": str(comment.posted_at or 0),
        **_given("date_usec", str(comment.posted_us or "")),
        **_given("mail", " ".join(comment.commands)),
        **_given("user_id", comment.user),
        **_given("premium", "1" if comment.premium else None),
        **_given("score", str(comment.score or "")),
        **_given("nicoru", str(comment.nicoru or "")),
        **_given("fork", _FORK_NUMBERS.get(comment.fork or "main", "0").replace("0", "")),
    }


def _given(name: str, value: str | None) -> dict[str, str]:
    return {name: value} if value else {}


WRITER = Writer(
    carries=frozenset(
        {
            *("commands", "no", "thread", "fork", "user", "posted_at", "posted_us"),
            *("premium", "score", "nicoru"),
        }
    ),
    scripts="kept",
    write=write,
)
