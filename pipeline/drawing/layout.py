"""Where every comment is at every time: Niconico's HTML5 rules, no pixels yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate

from pipeline.drawing.comment import ScreenComment
from pipeline.drawing.glyphs import clean_text
from pipeline.drawing.lanes import Crowd, Motion
from pipeline.drawing.sizing import STAGE_HEIGHT, Block, size_block
from pipeline.drawing.style import Place, Style, parse_style

# Niconico HTML5 player, 1920×1080 stage: one second before its time a comment's head is
# 195 px inside the right edge; then it covers 1530 px and 0.95 of its width.
LEAD_SECONDS = 1.0
RANGE_OF_STAGE = 1530 / 1920
PADDING_OF_STAGE = 195 / 1920
WIDTH_SHARE = 0.95

Measure = Callable[[str], float]
"""From a text to the width of its widest line, in em."""


@dataclass(frozen=True)
class Placed:
    """One comment with its place on the stage; lengths in stage pixels, times in seconds."""

    time_ms: int
    """Of the comment."""
    text: str
    """The text as drawn."""
    style: Style
    block: Block
    motion: Motion
    y: float
    """From the stage's top to the block's top."""
    fits: bool
    """False when all lanes were taken and it lies over others."""


def place_comments(
    comments: Sequence[ScreenComment], measure: Measure, stage_width: float
) -> list[Placed]:
    """Place the visible ones of ``comments``, sorted by time and then by their order.

    The stage is 1080 px high and as wide as the video's display shape makes it: 1920 px at
    16:9. Heights, fonts and lanes therefore scale with the picture's height on every
    video. The scrolling path scales with its width: a short comment takes the same time
    from the right edge to the left one on any shape, and each is where the player would
    have it at its own time, relative to the picture.

    The result is a function of the arguments: nothing is random.
    """
    shaped = []
    for comment in sorted(comments, key=lambda comment: comment.time_ms):
        text = clean_text(comment.text)
        style = parse_style(comment.commands, text)
        if not style.invisible:
            block = size_block(text, style, measure(text), stage_width)
            motion = _motion(comment.time_ms / 1000, style, block.width, stage_width)
            shaped.append((comment, text, style, block, motion))

    starts = [motion.start for *_, motion in shaped]
    earliest_to_come = list(accumulate(reversed(starts), min))[::-1]
    crowds: dict[Place, Crowd] = {"naka": Crowd(), "ue": Crowd(), "shita": Crowd()}
    placed = []
    for (comment, text, style, block, motion), earliest in zip(
        shaped, earliest_to_come, strict=True
    ):
        crowd = crowds[style.place]
        offset = crowd.first_gap(motion, block.height)
        fits = offset + block.height <= STAGE_HEIGHT
        if not fits:
            offset = _crowded_offset(comment, block.height)
        crowd.add(motion, offset, block.height, forget_before=earliest)
        y = STAGE_HEIGHT - offset - block.height if style.place == "shita" else offset
        placed.append(Placed(comment.time_ms, text, style, block, motion, y, fits))
    return placed


def _motion(time: float, style: Style, width: float, stage_width: float) -> Motion:
    if style.place != "naka":
        x = (stage_width - width) / 2
        return Motion(time, time + style.seconds, x, 0.0, width)
    path = RANGE_OF_STAGE * stage_width + WIDTH_SHARE * width
    speed = path / (style.seconds + LEAD_SECONDS)
    start = time - LEAD_SECONDS - PADDING_OF_STAGE * stage_width / speed
    return Motion(start, start + (stage_width + width) / speed, stage_width, speed, width)


def _crowded_offset(comment: ScreenComment, height: float) -> float:
    """A distance from the edge that looks random and depends on the comment alone.

    The player draws it anew each time; here reruns and parallel parts must agree. What is
    higher than the stage is centred.
    """
    room = STAGE_HEIGHT - height
    if room < 0:
        return room / 2
    digest = blake2b(repr(comment).encode(), digest_size=8).digest()
    return room * int.from_bytes(digest, "big") / 2**64
