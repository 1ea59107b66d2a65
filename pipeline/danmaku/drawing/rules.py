"""Rule sets: the sizes and the motion of comments in each of the players that are imitated.

Lengths are in pixels of a stage 1080 px high, and 1920 px wide at 16:9.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from pipeline.danmaku.drawing.comment import ScreenComment
from pipeline.danmaku.drawing.style import Size, category

STAGE_HEIGHT = 1080.0


RuleName = Literal["html5", "flash", "simple"]

FLASH_UNTIL_US = 1_499_871_600_000_000  # 2017-07-13 00:00 in Japan, when the HTML5 player came


@dataclass(frozen=True)
class Metrics:
    """The measures of lines of one size of text."""

    box: float
    """Height of a single line with the space around it."""
    pitch: float
    """From one line to the next."""
    glyph: float
    """Pixels an em."""


@dataclass(frozen=True)
class Rules:
    """The rules of one player."""

    name: RuleName
    sizes: Mapping[Size, Metrics]
    resized: Mapping[Size, Metrics]
    """Sizes of a comment with so many lines that it is resized; see ``RESIZED_FROM``."""
    fixed_width: float
    """Maximum width of ue and shita comments: the 4:3 area."""
    full_width: float
    """The same with ``full``."""
    outline: float
    """Width of the stroke around letters."""
    lead: float
    """Seconds before its own time at which the left edge of a scrolling comment is at ``head``."""
    head: float
    """Share of the stage's width, from the left."""
    reach: float
    """In its seconds and one more, a scrolling comment moves by this share of the stage's width
    plus ``width_share`` of its own."""
    width_share: float
    """See ``reach``."""


RESIZED_FROM: Mapping[Size, int] = {"big": 3, "medium": 5, "small": 7}
"""Number of lines from which on a comment is resized."""

_UNIT = 1920 / 683  # both players' stages are 384 units high, and at 16:9 683 wide


def _scaled(metrics: Metrics, pitch: float) -> Metrics:
    scale = pitch / metrics.pitch
    return Metrics(metrics.box * scale, pitch, metrics.glyph * scale)


def _flash(line: float, padding: float, glyph: float) -> Metrics:
    return Metrics((line + padding) * _UNIT, line * _UNIT, glyph * _UNIT)


_HTML5_SIZES: Mapping[Size, Metrics] = {
    "big": Metrics(138.4, 127.2, 109.6),
    "medium": Metrics(95.5, 81.3, 75.9),
    "small": Metrics(65.0, 50.7, 50.6),
}
_HTML5_RESIZED: Mapping[Size, Metrics] = {
    "big": _scaled(_HTML5_SIZES["big"], 67.1),
    "medium": _scaled(_HTML5_SIZES["medium"], 42.2),
    "small": _scaled(_HTML5_SIZES["small"], 28.2),
}

HTML5 = Rules(
    name="html5",
    sizes=_HTML5_SIZES,
    resized=_HTML5_RESIZED,
    fixed_width=512 * _UNIT,
    full_width=683 * _UNIT,
    outline=2.8,
    lead=1.0,
    head=1725 / 1920,
    reach=1530 / 1920,
    width_share=0.95,
)
"""Niconico's player since July 2017."""

FLASH = Rules(
    name="flash",
    sizes={"big": _flash(45, 5, 39), "medium": _flash(29, 5, 24), "small": _flash(18, 5, 15)},
    resized={
        "big": _flash(24, 3, 19.5),
        "medium": _flash(15, 3, 12),
        "small": _flash(10, 3, 7.5),
    },
    fixed_width=512 * _UNIT,
    full_width=640 * _UNIT,
    outline=4.0,
    lead=1.0,
    head=528 / 512,
    reach=544 / 512,
    width_share=1.0,
)
"""Niconico's player before that, for which older comments were written."""

SIMPLE = replace(HTML5, name="simple", lead=0.0, head=1.0, reach=1.0, width_share=1.0)
"""The article's rules: a comment enters at its own time and is gone four seconds later."""

_BY_NAME = {rules.name: rules for rules in (HTML5, FLASH, SIMPLE)}


def rules_for(
    comment: ScreenComment,
    setting: RuleName | Literal["auto"],
    scale: float = 1.0,
    outline: float = 1.0,
) -> Rules:
    """The rules of ``setting``; ``auto`` decides by when the comment was posted.

    Font commands came with the HTML5 player: a comment that has one follows its rules at any
    date. Comments are ``scale`` times as large as the player's, and strokes ``outline`` times as
    wide.
    """
    return _scaled_rules(_name(comment, setting), scale, outline)


def _name(comment: ScreenComment, setting: RuleName | Literal["auto"]) -> RuleName:
    if setting != "auto":
        return setting
    old = comment.posted_us is not None and comment.posted_us < FLASH_UNTIL_US
    return "flash" if old and not any(category(w) == "font" for w in comment.commands) else "html5"


@cache
def _scaled_rules(name: RuleName, scale: float, outline: float) -> Rules:
    rules = _BY_NAME[name]
    if (scale, outline) == (1, 1):
        return rules
    sizes, resized = (
        {size: _scaled(metrics, metrics.pitch * scale) for size, metrics in each.items()}
        for each in (rules.sizes, rules.resized)
    )
    return replace(rules, sizes=sizes, resized=resized, outline=rules.outline * scale * outline)
