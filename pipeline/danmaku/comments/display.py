"""Convert positions, colours and sizes of other formats to Niconico's commands."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipeline.danmaku.comments.bilibili import BIG_SIZE, PLACES, REVERSE_WORD, SMALL_SIZE, WHITE
from pipeline.danmaku.drawing.style import Style, parse_style
from pipeline.reading import values

PLAYER_MODES: Mapping[int, str] = {1: "ue", 2: "shita"}
"""Modes of DPlayer and ArtPlayer, in which 0 scrolls."""

_WORDS = {
    **dict.fromkeys(("top", "ue", "upper", "fixed-top", "top-fixed"), "ue"),
    **dict.fromkeys(("bottom", "shita", "lower", "fixed-bottom", "bottom-fixed"), "shita"),
    **dict.fromkeys(("reverse", "ltr", "left-to-right", "l2r"), REVERSE_WORD),
}
"""Names of places; comments with any other name scroll to the left."""
_SIZES = {"small": "small", "big": "big", "large": "big"}
SMALL_RATIO, BIG_RATIO = 850, 1150
"""Thousandths of the usual size."""
_HEX = re.compile(r"(?:0x)?([0-9a-fA-F]{6})")


def words(commands: list[object]) -> list[str]:
    """Display commands, split at white space; values that are not text are ignored."""
    return [word for command in commands for word in (values.text(command) or "").split()]


def place(value: object, modes: Mapping[int, str] = PLACES) -> list[str]:
    """``["ue"]``, ``["shita"]``, ``["reverse"]``, or nothing for a scrolling comment.

    Numbers are looked up in ``modes``.
    """
    number = values.integer(value)
    if number is None:
        word = _WORDS.get(value.strip().lower()) if isinstance(value, str) else None
    else:
        word = modes.get(number)
    return [word] if word else []


def color(value: object, hexadecimal: bool = False) -> list[str]:
    """``["#rrggbb"]`` or the name of a Niconico colour; nothing for white or for no colour.

    ``#f00``, ``rgb(…)`` and names are read as in CSS. Digits are a decimal number; with
    ``hexadecimal``, six digits are rrggbb.
    """
    if isinstance(value, str):
        text = value.strip().lower()
        if parse_style([text], "").color != Style().color:
            return [text]
        six = _HEX.fullmatch(text)
        if six and (hexadecimal or text.startswith("0x") or not text.isdecimal()):
            rgb: int | None = int(six[1], 16)
        elif (rgb := values.integer(text)) is None:
            rgb = _css(text)
    else:
        rgb = values.integer(value)
    return [f"#{rgb:06x}"] if rgb is not None and 0 <= rgb < WHITE else []


def size(value: object, is_ratio: bool = False) -> list[str]:
    """``["small"]``, ``["big"]`` or nothing, from a name, a Bilibili font size or a ratio."""
    if isinstance(value, str):
        value = value.strip().lower().removesuffix("px")
    if is_ratio and (ratio := values.milliseconds(value)) is not None:
        return ["small"] if ratio <= SMALL_RATIO else ["big"] if ratio >= BIG_RATIO else []
    number = values.integer(value)
    if number is None:
        word = _SIZES.get(value) if isinstance(value, str) else None
        return [word] if word else []
    if number <= 0:
        return []
    return ["small"] if number <= SMALL_SIZE else ["big"] if number >= BIG_SIZE else []


def _css(text: str) -> int | None:
    from PIL import ImageColor  # slow to import and seldom needed

    try:
        red, green, blue, *_ = ImageColor.getrgb(text)
    except ValueError:
        return None
    return red << 16 | green << 8 | blue
