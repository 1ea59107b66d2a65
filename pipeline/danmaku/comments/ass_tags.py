"""Override tags of ASS, which stand in braces and which SRT knows too, as Niconico's commands."""

from __future__ import annotations

import re
from typing import Literal

from pipeline.danmaku.comments import display

Row = Literal["ue", "shita"] | None
"""None for the middle."""

BLOCK = re.compile(r"\{[^{}]*\}")
"""Tags stand in braces."""
_LEADING = re.compile(r"(?:\{[^{}]*\})+")
_CHANGES = re.compile(r"\\t\([^()]*(?:\([^()]*\)[^()]*)*\)?")
"""What changes with time says nothing about the beginning."""
_DRAWING = re.compile(r"\{[^{}]*\\p[1-9][^{}]*\}.*?(?=\{[^{}]*\\p0|\Z)", re.DOTALL)
_ALIGNMENT = re.compile(r"\\an([1-9])|\\a(\d{1,2})")
_COLOR = re.compile(r"\\1?c&?H?([\da-fA-F]{1,8})&?")
_WHITE = 0xFFFFFF


def leading_tags(text: str) -> str:
    """The tags in front of a text, by which it begins, without those that change with time."""
    found = _LEADING.match(text.lstrip())
    return _CHANGES.sub("", found[0]) if found else ""


def without_tags(text: str) -> str:
    """The words, with line breaks; drawings are none."""
    words = BLOCK.sub("", _DRAWING.sub("", text))
    return words.replace("\\N", "\n").replace("\\n", "\n").replace("\\h", " ")


def row_of(tags: str) -> tuple[bool, Row]:
    """Whether tags align a text, and where: the first that does counts."""
    found = _ALIGNMENT.search(tags)
    if found is None:
        return False, None
    if found[1]:
        return True, row_of_alignment(int(found[1]))
    # SSA's numbers: 1 to 3 at the bottom, 5 to 7 at the top, 9 to 11 in the middle.
    rows: dict[int, Row] = {0: "shita", 1: "ue"}
    return True, rows.get(int(found[2]) // 4)


def row_of_alignment(number: int) -> Row:
    """Where one of ASS's alignments is: 1 to 3 at the bottom, 7 to 9 at the top."""
    rows: dict[int, Row] = {0: "shita", 2: "ue"}
    return rows.get((number - 1) // 3)


def color_of(tags: str) -> list[str] | None:
    """The command for the colour; nothing for white, None for no colour. The last one counts."""
    found = _COLOR.findall(tags)
    if not found:
        return None
    bgr = int(found[-1], 16) & _WHITE
    return display.color((bgr & 0xFF) << 16 | bgr & 0xFF00 | bgr >> 16)
