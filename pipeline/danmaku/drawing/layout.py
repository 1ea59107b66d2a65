"""Where every comment is at every time, by the rules of a player; no pixels yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import accumulate
from typing import Literal

from pipeline.danmaku.drawing.comment import Layer, ScreenComment
from pipeline.danmaku.drawing.glyphs import clean_text
from pipeline.danmaku.drawing.lanes import Crowd, Motion
from pipeline.danmaku.drawing.rules import STAGE_HEIGHT, Rules, rules_for
from pipeline.danmaku.drawing.screen import Screen
from pipeline.danmaku.drawing.settings import LayoutSettings
from pipeline.danmaku.drawing.sizing import Block, size_block
from pipeline.danmaku.drawing.style import Font, Place, Style, parse_style

Measure = Callable[[str, Font], float]
"""From a text to the width of its widest line, in em."""

WAY_SECONDS_MORE = 1.0
"""Seconds that a scrolling comment takes for its way beside those of its style."""


Why = Literal["invisible", "outside of the video", "no room", "too many on screen"]


@dataclass(frozen=True)
class Placed:
    """One comment with its place on the stage; lengths in stage pixels, times in seconds."""

    time_ms: int
    """Of the comment."""
    text: str
    """The text as drawn."""
    layer: Layer
    style: Style
    rules: Rules
    block: Block
    motion: Motion
    y: float
    """From the stage's top to the block's top."""
    lane: int
    """How many heights of a single line of its kind it is away from its edge."""
    fits: bool
    """False when there was no room, and it lies over others."""
    number: int
    """Of the ScreenComment."""


@dataclass(frozen=True)
class Hidden:
    """A comment that is not shown."""

    time_ms: int
    text: str
    layer: Layer
    why: Why
    number: int
    """Of the ScreenComment."""


@dataclass(frozen=True)
class Layout:
    """All comments of a video: those that are shown, by time, and those that are not."""

    placed: list[Placed]
    hidden: list[Hidden]
    screen: Screen


@dataclass(frozen=True)
class _Shaped:
    """A comment before it has a lane."""

    comment: ScreenComment
    text: str
    style: Style
    rules: Rules
    block: Block
    motion: Motion


def lay_out(
    comments: Sequence[ScreenComment],
    measure: Measure,
    screen: Screen = Screen(),  # noqa: B008  # it is frozen
    settings: LayoutSettings = LayoutSettings(),  # noqa: B008  # it is frozen
) -> Layout:
    """Place ``comments``: sorted by time, then by when they were posted, then as they come.

    The stage is 1080 px high and as wide as the video's display shape makes it: 1920 px at
    16:9. Heights, fonts and lanes therefore scale with the picture's height on every
    video. The scrolling path scales with its width: a short comment takes the same time
    from the right edge to the left one on any shape, and each is where the player would
    have it at its own time, relative to the picture.

    The result is a function of the arguments: nothing is random.
    """
    hidden: list[Hidden] = []
    shaped: list[_Shaped] = []
    for comment in sorted(comments, key=_turn):
        one = _shape(comment, measure, screen.width, settings)
        if one.style.invisible:
            hidden.append(_hidden(one, "invisible"))
        elif one.motion.start >= screen.seconds or one.motion.end <= 0:
            hidden.append(_hidden(one, "outside of the video"))
        else:
            shaped.append(one)

    earliest_to_come = list(accumulate((one.motion.start for one in reversed(shaped)), min))[::-1]
    room = STAGE_HEIGHT * (1 - settings.safe_area)
    crowds: dict[tuple[Place, Layer | None], Crowd] = {}
    everyone = Crowd()
    placed = []
    for one, earliest in zip(shaped, earliest_to_come, strict=True):
        comment, style, height = one.comment, one.style, one.block.height
        layer = comment.layer if settings.collide == "layer" else None
        crowd = crowds.setdefault((style.place, layer), Crowd())
        offset = crowd.first_gap(one.motion, height)
        fits = offset + height <= room
        most = settings.most_on_screen
        if most is not None and everyone.most_beside(one.motion) >= most:
            hidden.append(_hidden(one, "too many on screen"))
            continue
        if not fits and settings.overflow == "hide":
            hidden.append(_hidden(one, "no room"))
            continue
        if not fits:
            offset = _crowded_offset(comment, room - height)
        for those in (crowd, everyone):
            those.add(one.motion, offset, height, forget_before=earliest)
        y = room - offset - height if style.place == "shita" else offset
        placed.append(
            Placed(
                time_ms=comment.time_ms,
                text=one.text,
                layer=comment.layer,
                style=style,
                rules=one.rules,
                block=one.block,
                motion=one.motion,
                y=y,
                lane=round(offset / one.rules.sizes[style.size].box),
                fits=fits,
                number=comment.number,
            )
        )
    return Layout(placed, hidden, screen)


def _hidden(one: _Shaped, why: Why) -> Hidden:
    comment = one.comment
    return Hidden(comment.time_ms, one.text, comment.layer, why, comment.number)


def _turn(comment: ScreenComment) -> tuple[int, int]:
    return comment.time_ms, comment.posted_us or 0


def _shape(
    comment: ScreenComment, measure: Measure, stage_width: float, settings: LayoutSettings
) -> _Shaped:
    text = clean_text(comment.text)
    style = parse_style(comment.commands, text)
    style = replace(style, opacity=style.opacity * settings.opacity)
    rules = rules_for(comment, settings.rules, settings.scale, settings.outline)
    ems = 0.0 if style.invisible else measure(text, style.font)
    block = size_block(text, style, ems, stage_width, rules)
    motion = _motion(comment.time_ms / 1000, style, block.width, stage_width, rules)
    return _Shaped(comment, text, style, rules, block, motion)


def _motion(time: float, style: Style, width: float, stage_width: float, rules: Rules) -> Motion:
    if style.place != "naka":
        x = (stage_width - width) / 2
        return Motion(time, time + style.seconds, x, 0.0, width)
    way = rules.reach * stage_width + rules.width_share * width
    speed = way / (style.seconds + WAY_SECONDS_MORE)
    start = time - rules.lead - (1 - rules.head) * stage_width / speed
    if style.reverse:  # the mirror image
        return Motion(start, start + (stage_width + width) / speed, -width, -speed, width)
    return Motion(start, start + (stage_width + width) / speed, stage_width, speed, width)


def _crowded_offset(comment: ScreenComment, spare: float) -> float:
    """A distance from the edge that looks random and depends on the comment alone.

    The player draws it anew each time; here reruns and parallel parts must agree. What is
    higher than the room that there is, by ``-spare``, is centred.
    """
    if spare < 0:
        return spare / 2
    digest = blake2b(repr(comment).encode(), digest_size=8).digest()
    return spare * int.from_bytes(digest, "big") / 2**64
