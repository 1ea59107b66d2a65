"""ASS: the comments where `make render` draws them, for any player that has libass.

A scrolling comment enters the picture before its time, which is kept as the name of its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pysubs2 import Alignment, Color, SSAEvent, SSAFile, SSAStyle

from pipeline.danmaku.comments.carried_style import style_of
from pipeline.danmaku.comments.record import Comment
from pipeline.danmaku.comments.screen import screen_comment
from pipeline.danmaku.comments.writer import Output, Writer
from pipeline.danmaku.drawing.compositing import OUTLINE_OPACITY
from pipeline.danmaku.drawing.layout import Placed, lay_out_with_fonts
from pipeline.danmaku.drawing.rules import HTML5, STAGE_HEIGHT
from pipeline.danmaku.drawing.style import Size
from pipeline.lettering.colors import BLACK, WHITE, Rgb

FONT = "IPAexGothic"
"""The font with which lanes are measured."""
ASCENT, DESCENT = 1802 / 2048, 401 / 2048
"""Em; ``usWinAscent`` and ``usWinDescent`` of its table OS/2, whose sum is ASS's font size."""

_SIZES: tuple[Size, ...] = ("big", "medium", "small")
_LATEST_MS = 10 * 3_600_000 - 10  # ASS has one digit for hours
_FULL_WIDTH = str.maketrans("{}\\", "｛｝＼")  # braces and backslashes would begin tags
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_OUTER_SPACES = re.compile(r"^ +| +$", re.MULTILINE)


def write(comments: Iterable[Comment], output: Output) -> None:
    """Write a line for each visible comment; laying out needs all comments in memory."""
    on_screen = []
    for comment in comments:
        style_of(comment, {"place", "size", "color"}, output)
        on_screen.append(screen_comment(comment))
    layout = lay_out_with_fonts(on_screen, output.screen, output.layout)
    subtitles = SSAFile()
    subtitles.info.update(
        PlayResX=str(round(output.screen.width)),
        PlayResY=str(round(STAGE_HEIGHT)),
        WrapStyle="2",  # lines are not wrapped
        ScaledBorderAndShadow="yes",
    )
    subtitles.styles = {size: _style(size) for size in _SIZES}
    for hidden in layout.hidden:
        output.lose(f"comments that are not shown ({hidden.why})")
    for placed in layout.placed:
        start, end = (10 * round(seconds * 100) for seconds in _span(placed))
        if 0 <= start < end <= _LATEST_MS:
            subtitles.events.append(_line(placed, start, end, output))
        else:
            output.lose("comments after ten hours")
    output.write(subtitles.to_string("ass", header_notice="Comments laid out by Yajiuma"))
    output.written = len(subtitles.events)


def _span(placed: Placed) -> tuple[float, float]:
    """Seconds from when to when it is on screen, not before the start of the video."""
    return max(placed.motion.start, 0.0), max(placed.motion.end, 0.0)


def _style(size: Size) -> SSAStyle:
    return SSAStyle(
        fontname=FONT,
        fontsize=_font_size(HTML5.sizes[size].glyph),
        primarycolor=Color(*WHITE),
        outlinecolor=Color(*BLACK, round(255 * (1 - OUTLINE_OPACITY))),
        outline=HTML5.outline,
        shadow=0,
        alignment=Alignment.TOP_LEFT,
        marginl=0,
        marginr=0,
        marginv=0,
    )


def _line(placed: Placed, start: int, end: int, output: Output) -> SSAEvent:
    return SSAEvent(
        start=start,
        end=end,
        layer=int(placed.layer == "owner"),
        style=placed.style.size,
        name=f"{placed.time_ms} ms",
        text=f"{{{_place(placed, start, end)}{_appearance(placed)}}}" + _text(placed.text, output),
    )


def _place(placed: Placed, start: int, end: int) -> str:
    block, motion = placed.block, placed.motion
    top = placed.y + block.baseline - ASCENT * block.glyph
    if placed.style.place == "naka":
        left, last = (motion.x(ms / 1000) for ms in (start, end))
        return rf"\move({left:.1f},{top:.1f},{last:.1f},{top:.1f})"
    middle = motion.x_start + block.width / 2
    if placed.style.place == "ue":
        return rf"\an8\pos({middle:.1f},{top:.1f})"
    last_top = top + block.pitch * placed.text.count("\n")
    return rf"\an2\pos({middle:.1f},{last_top + _font_size(block.glyph):.1f})"


def _appearance(placed: Placed) -> str:
    """Tags for whatever differs from the style of the line."""
    style, tags = placed.style, ""
    if placed.block.glyph != HTML5.sizes[style.size].glyph:
        tags += rf"\fs{_font_size(placed.block.glyph):.1f}"
    if placed.block.outline != HTML5.outline:
        tags += rf"\bord{placed.block.outline:g}"
    if style.color != WHITE:
        tags += rf"\c{_bgr(style.color)}"
    if style.color == BLACK:
        tags += rf"\3c{_bgr(WHITE)}"
    if style.opacity < 1:
        tags += rf"\1a{_alpha(style.opacity)}\3a{_alpha(style.opacity * OUTLINE_OPACITY)}"
    return tags


def _font_size(glyph: float) -> float:
    return glyph * (ASCENT + DESCENT)


def _bgr(color: Rgb) -> str:
    red, green, blue = color
    return f"&H{blue:02X}{green:02X}{red:02X}&"


def _alpha(opacity: float) -> str:
    return f"&H{round(255 * (1 - opacity)):02X}&"


def _text(text: str, output: Output) -> str:
    """The text on one line, with hard spaces where players or parsers would strip them."""
    safe = _CONTROLS.sub("", text.translate(_FULL_WIDTH))
    if safe != text:
        output.lose("braces, backslashes and control characters")
    hard = _OUTER_SPACES.sub(lambda spaces: r"\h" * len(spaces[0]), safe)
    return hard.replace("\n", r"\N") + "{}" * hard[-1:].isspace()


WRITER = Writer(carries=frozenset({"commands"}), scripts="applied", write=write)
