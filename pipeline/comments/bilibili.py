"""What Bilibili's formats share: modes, sizes and colours, as Niconico's commands.

Fields and their values: the ``p`` attribute of the XML, and ``DanmakuElem`` of the protobuf.
"""

from __future__ import annotations

import json

WHITE = 0xFFFFFF
SCROLLING, BOTTOM, TOP, REVERSE, POSITIONED = 1, 4, 5, 6, 7
"""Modes; 2 and 3 scroll too, 8 and 9 hold code."""

REVERSE_WORD = "reverse"
"""Niconico has none for text that scrolls to the right."""

_PLACES = {BOTTOM: "shita", TOP: "ue", REVERSE: REVERSE_WORD}

NORMAL_SIZE, SMALL_SIZE, BIG_SIZE = 25, 18, 36


def commands(mode: int, size: int, color: int) -> list[str]:
    """Display commands; plain white text that scrolls has none. ``color`` is 0xRRGGBB."""
    words = [_PLACES[mode]] if mode in _PLACES else []
    if size <= SMALL_SIZE:
        words.append("small")
    elif size >= BIG_SIZE:
        words.append("big")
    if 0 <= color < WHITE:
        words.append(f"#{color:06x}")
    return words


def is_script(mode: int) -> bool:
    """Whether the text is code."""
    return mode in (8, 9)


def positioned_text(text: str) -> str | None:
    """The words of a positioned comment, the fifth element of its JSON; None if it has none."""
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        return None
    usable = isinstance(fields, list) and len(fields) > 4 and isinstance(fields[4], str)
    return fields[4] if usable else None


def with_line_breaks(text: str) -> str:
    r"""The text with the line breaks that the first players read from ``/n`` and ``\\n``."""
    return text.replace("/n", "\n").replace("\\n", "\n")


def fork(pool: int) -> str:
    """Pool 0 is viewers'; 1 holds subtitles and 2 scripts of the uploader's."""
    return "owner" if pool in (1, 2) else "main"
