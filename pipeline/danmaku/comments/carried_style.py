"""The style of a comment in formats that know fewer commands than Niconico."""

from __future__ import annotations

from collections.abc import Collection

from pipeline.danmaku.comments.record import Comment
from pipeline.danmaku.comments.writer import Output
from pipeline.danmaku.drawing.style import Style, parse_style

_FIELDS = {"place", "size", "color"}
_PLAIN = Style()
_PLAIN_WORDS = {"naka", "medium", "white", "#ffffff", "#fff"}


def style_of(comment: Comment, carried: Collection[str], output: Output) -> Style:
    """The style that the commands ask for; commands for anything else are recorded as lost.

    ``carried`` names the fields of Style, or the commands, that the format has.
    """
    if not all(_is_carried(word, carried) for word in comment.commands):
        output.lose(f"commands other than for {', '.join(sorted(carried))}")
    return parse_style(comment.commands, comment.text)


def _is_carried(word: str, carried: Collection[str]) -> bool:
    style = parse_style([word], "")
    fields = _FIELDS.intersection(carried)
    changed = any(getattr(style, field) != getattr(_PLAIN, field) for field in fields)
    return changed or word in carried or word.lower() in _PLAIN_WORDS
