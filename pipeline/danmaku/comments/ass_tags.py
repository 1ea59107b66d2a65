"""Convert override tags of ASS, which SRT may hold too, to Niconico's commands."""

from __future__ import annotations

import re
from typing import Literal

from pipeline.danmaku.comments import display

Row = Literal["ue", "shita"] | None
"""None for the middle."""

BLOCK = re.compile(r"\{[^{}]*\}")
"""A group of tags."""
_LEADING = re.compile(r"(?:\{[^{}]*\})+")
_CHANGES = re.compile(r"\\t\([^()]*(?:\([^()]*\)[^()]*)*\)?")
"""Animated tags, which say nothing about the beginning."""
_DRAWING = re.compile(r"\{[^{}]*\\p[1-9][^{}]*\}.*?(?=\{[^{}]*\\p0|\Z)", re.DOTALL)
_ALIGNMENT = re.compile(r"\\an([1-9])|\\a(\d{1,2})")
_COLOR = re.compile(r"\\1?c&?H?([\da-fA-F]{1,8})&?")
_WHITE = 0xFFFFFF


def leading_tags(text: str) -> str:
    """The tags before a text, without animated ones."""
    match = _LEADING.match(text.lstrip())
    return _CHANGES.sub("", match[0]) if match else ""


def without_tags(text: str) -> str:
    """The text without tags and drawings, with line breaks."""
    words = BLOCK.sub("", _DRAWING.sub("", text))
    return words.replace("\\N", "\n").replace("\\n", "\n").replace("\\h", " ")


def row_of(tags: str) -> tuple[bool, Row]:
    """Whether tags set an alignment, and its row; the first one wins."""
    match = _ALIGNMENT.search(tags)
    if match is None:
        return False, None
    if match[1]:
        return True, row_of_alignment(int(match[1]))
    # SSA's numbers: 1 to 3 at the bottom, 5 to 7 at the top, 9 to 11 in the middle.
    rows: dict[int, Row] = {0: "shita", 1: "ue"}
    return True, rows.get(int(match[2]) // 4)


def row_of_alignment(number: int) -> Row:
    """The row of an alignment in ASS: 1 to 3 at the bottom, 7 to 9 at the top."""
    rows: dict[int, Row] = {0: "shita", 2: "ue"}
    return rows.get((number - 1) // 3)


def color_of(tags: str) -> list[str] | None:
    """The command for the colour; empty for white, None for no colour. The last one wins."""
    colors = _COLOR.findall(tags)
    if not colors:
        return None
    bgr = int(colors[-1], 16) & _WHITE
    return display.color((bgr & 0xFF) << 16 | bgr & 0xFF00 | bgr >> 16)
