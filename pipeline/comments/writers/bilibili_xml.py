"""Bilibili XML v1: ``<d p="seconds,mode,size,color,posted,pool,user hash,row">text</d>``."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.comments import bilibili
from pipeline.comments.looks import style_of
from pipeline.comments.record import Comment
from pipeline.comments.writer import Output, Writer
from pipeline.comments.xml_writing import begin, end, write_element

_MODES = {"naka": bilibili.SCROLLING, "ue": bilibili.TOP, "shita": bilibili.BOTTOM}
_SIZES = {
    "small": bilibili.SMALL_SIZE,
    "medium": bilibili.NORMAL_SIZE,
    "big": bilibili.BIG_SIZE,
}


def write(comments: Iterable[Comment], output: Output) -> None:
    """Write ``<i>`` with a ``<d>`` for each comment."""
    begin("i", output)
    for comment in comments:
        if comment.text != bilibili.with_line_breaks(comment.text):
            output.lose("/n or \\n in texts, which players take for line breaks")
        if comment.fork not in (None, "main", "owner"):
            output.lose("forks other than the owner's")
        write_element("d", {"p": _fields(comment, output)}, comment.text, output)
    end("i", output)


def _fields(comment: Comment, output: Output) -> str:
    style = style_of(comment, {"place", "size", "color", bilibili.REVERSE_WORD}, output)
    reverse = bilibili.REVERSE_WORD in comment.commands
    red, green, blue = style.color
    fields = (
        f"{comment.time_ms / 1000:.3f}",
        bilibili.REVERSE if reverse else _MODES[style.place],
        _SIZES[style.size],
        red << 16 | green << 8 | blue,
        comment.posted_at or 0,
        int(comment.fork == "owner"),
        comment.user or "",
        comment.no or 0,
    )
    return ",".join(map(str, fields))


WRITER = Writer(
    carries=frozenset({"commands", "no", "fork", "user", "posted_at"}),
    write=write,
)
