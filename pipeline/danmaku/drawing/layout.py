"""Where every comment is at every time, by the rules of a player; no pixels yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from itertools import accumulate
from typing import Literal

import numpy as np

from pipeline.danmaku.drawing.avoidance import Regions
from pipeline.danmaku.drawing.comment import Layer, ScreenComment
from pipeline.danmaku.drawing.lanes import Crowd, Motion, lanes
from pipeline.danmaku.drawing.rules import STAGE_HEIGHT, Rules, rules_for
from pipeline.danmaku.drawing.screen import Screen
from pipeline.danmaku.drawing.settings import LayoutSettings
from pipeline.danmaku.drawing.sizing import Block, size_block
from pipeline.danmaku.drawing.style import Place, Style, parse_style
from pipeline.lettering.fonts import Family
from pipeline.lettering.glyphs import Typeface, clean_text
from pipeline.runtime.arrays import Float64s

Measure = Callable[[str, Family], float]
"""From a text to the width of its widest line, in em."""

EXTRA_SCROLL_SECONDS = 1.0
"""Seconds that a scrolling comment is on its way beside those of its style."""


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
    missing: frozenset[str] = frozenset()
    """Characters that no font has; they are drawn as hollow boxes."""


def lay_out_with_fonts(
    comments: Sequence[ScreenComment], screen: Screen, settings: LayoutSettings
) -> Layout:
    """``lay_out`` with the widths that texts have in the fonts they are drawn in."""
    typeface = Typeface()
    layout = lay_out(comments, typeface.width, screen, settings)
    return replace(layout, missing=frozenset(typeface.missing))


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

    Where ``screen.avoided`` has regions, a comment takes that of the free gaps in which it covers
    least of them, and is shown even if that is much.

    The result is a function of the arguments: nothing is random.
    """
    layout = Layout([], [], screen)
    visible: list[_Shaped] = []
    for comment in sorted(comments, key=_order):
        shaped = _shape(comment, measure, screen.width, settings)
        if shaped.style.invisible:
            layout.hidden.append(shaped.hidden("invisible"))
        elif shaped.motion.start >= screen.seconds or shaped.motion.end <= 0:
            layout.hidden.append(shaped.hidden("outside of the video"))
        else:
            visible.append(shaped)

    # A comment's lane depends on those that end after the earliest start still to come.
    starts = [shaped.motion.start for shaped in visible]
    earliest_to_come = list(accumulate(reversed(starts), min))[::-1]
    stage = _Stage(settings, Regions(screen.avoided))
    for shaped, earliest in zip(visible, earliest_to_come, strict=True):
        result = stage.place(shaped, earliest)
        if isinstance(result, Placed):
            layout.placed.append(result)
        else:
            layout.hidden.append(shaped.hidden(result))
    return layout


@dataclass(frozen=True)
class _Shaped:
    """A comment before it has a lane."""

    comment: ScreenComment
    text: str
    style: Style
    rules: Rules
    block: Block
    motion: Motion

    def hidden(self, why: Why) -> Hidden:
        comment = self.comment
        return Hidden(comment.time_ms, self.text, comment.layer, why, comment.number)


@dataclass(frozen=True)
class _Stage:
    """The comments placed so far, in so far as later ones may meet them."""

    settings: LayoutSettings
    avoided: Regions
    crowds: dict[tuple[Place, Layer | None], Crowd] = field(default_factory=dict)
    """Those that make way for one another."""
    everyone: Crowd = field(default_factory=Crowd)

    def place(self, shaped: _Shaped, earliest_to_come: float) -> Placed | Why:
        """Give a comment its lane, or say why it is not shown.

        No later comment starts before ``earliest_to_come``, in seconds.
        """
        settings, motion, height = self.settings, shaped.motion, shaped.block.height
        comment, style = shaped.comment, shaped.style
        layer = comment.layer if settings.collide == "layer" else None
        crowd = self.crowds.setdefault((style.place, layer), Crowd())
        room = STAGE_HEIGHT * (1 - settings.safe_area)
        limit = settings.max_on_screen
        if limit is not None and self.everyone.max_during(motion) >= limit:
            return "too many on screen"
        offset = self._free_offset(crowd, shaped, room)
        fits = offset is not None
        if offset is None and settings.overflow == "hide":
            return "no room"
        if offset is None:
            offset = self._overflow_offset(shaped, room)
        for each in (crowd, self.everyone):
            each.add(motion, offset, height, forget_before=earliest_to_come)
        return Placed(
            time_ms=comment.time_ms,
            text=shaped.text,
            layer=comment.layer,
            style=style,
            rules=shaped.rules,
            block=shaped.block,
            motion=motion,
            y=room - offset - height if style.place == "shita" else offset,
            lane=round(offset / shaped.rules.sizes[style.size].box),
            fits=fits,
            number=comment.number,
        )

    def _free_offset(self, crowd: Crowd, shaped: _Shaped, room: float) -> float | None:
        """The distance from the edge of the gap to take; None where there is no room."""
        motion, height = shaped.motion, shaped.block.height
        if len(self.avoided):
            gaps = crowd.gaps(motion, height, room)
            return self._least_covering(gaps, shaped, room) if len(gaps) else None
        offset = crowd.first_gap(motion, height)
        return offset if offset + height <= room else None

    def _overflow_offset(self, shaped: _Shaped, room: float) -> float:
        """The distance from the edge of a comment for which there is no room."""
        anywhere = _overflow_offset(shaped.comment, room - shaped.block.height)
        if not len(self.avoided) or anywhere < 0:
            return anywhere
        # Those that cover equally much keep their order, which looks random.
        places = lanes(shaped.block.height, room)
        order = np.argsort(np.abs(places - anywhere), kind="stable")
        return self._least_covering(np.append(anywhere, places[order]), shaped, room)

    def _least_covering(self, offsets: Float64s, shaped: _Shaped, room: float) -> float:
        """The first of ``offsets`` (n,) at which a comment covers least of what is avoided."""
        height, below = shaped.block.height, shaped.style.place == "shita"
        tops = room - offsets - height if below else offsets
        covered = self.avoided.covered(shaped.motion, tops, height)
        return float(offsets[covered.argmin()])


def _order(comment: ScreenComment) -> tuple[int, int]:
    return comment.time_ms, comment.posted_us or 0


def _shape(
    comment: ScreenComment, measure: Measure, stage_width: float, settings: LayoutSettings
) -> _Shaped:
    text = clean_text(comment.text)
    style = parse_style(comment.commands, text)
    style = replace(style, opacity=style.opacity * settings.opacity)
    rules = rules_for(comment, settings.rules, settings.scale, settings.outline)
    ems = 0.0 if style.invisible else measure(text, style.family)
    block = size_block(text, style, ems, stage_width, rules)
    motion = _motion(comment.time_ms / 1000, style, block.width, stage_width, rules)
    return _Shaped(comment, text, style, rules, block, motion)


def _motion(time: float, style: Style, width: float, stage_width: float, rules: Rules) -> Motion:
    if style.place != "naka":
        x = (stage_width - width) / 2
        return Motion(time, time + style.seconds, x, 0.0, width)
    distance = rules.reach * stage_width + rules.width_share * width
    speed = distance / (style.seconds + EXTRA_SCROLL_SECONDS)
    # The rules say where a comment's head is at a given time; it enters at the edge before that.
    start = time - rules.lead - (1 - rules.head) * stage_width / speed
    end = start + (stage_width + width) / speed
    if style.reverse:
        return Motion(start, end, -width, -speed, width)
    return Motion(start, end, stage_width, speed, width)


def _overflow_offset(comment: ScreenComment, spare: float) -> float:
    """A distance from the edge that looks random and depends on the comment alone.

    The player draws it anew each time; here reruns and parallel parts must agree. A comment
    that is higher than the room, by ``-spare``, is centred.
    """
    if spare < 0:
        return spare / 2
    digest = blake2b(repr(comment).encode(), digest_size=8).digest()
    return spare * int.from_bytes(digest, "big") / 2**64
