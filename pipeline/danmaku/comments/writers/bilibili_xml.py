"""Bilibili XML v1: ``<d p="seconds,mode,size,color,posted,pool,user hash,row">text</d>``."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.danmaku.comments import bilibili
from pipeline.danmaku.comments.bilibili import with_line_breaks
from pipeline.danmaku.comments.carried_style import style_of
from pipeline.danmaku.comments.record import Comment
from pipeline.danmaku.comments.writer import Output, Writer
from pipeline.danmaku.comments.xml_writing import begin, end, write_element
from pipeline.danmaku.drawing.style import parse_style

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
        if comment.fork not in (None, "main", "owner"):
            output.lose("forks other than the owner's")
        mode, pool = _mode(comment), int(comment.fork == "owner")
        if comment.text != with_line_breaks(comment.text, mode, pool, comment.posted_at):
            output.lose("/n or \\n in texts, which players take for line breaks")
        write_element("d", {"p": _fields(comment, mode, pool, output)}, comment.text, output)
    end("i", output)


def _mode(comment: Comment) -> int:
    if bilibili.REVERSE_WORD in comment.commands:
        return bilibili.REVERSE
    return _MODES[parse_style(comment.commands, comment.text).place]


def _fields(comment: Comment, mode: int, pool: int, output: Output) -> str:
    style = style_of(comment, {"place", "size", "color", bilibili.REVERSE_WORD}, output)
    red, green, blue = style.color
    fields = (
        f"{comment.time_ms / 1000:.3f}",
        mode,
        _SIZES[style.size],
        red << 16 | green << 8 | blue,
        comment.posted_at or 0,
        pool,
        comment.user or "",
        comment.no or 0,
    )
    return ",".join(map(str, fields))


WRITER = Writer(
    carries=frozenset({"commands", "no", "fork", "user", "posted_at"}),
    scripts="dropped",
    write=write,
)
