"""Cues of subtitles: texts below a line with an arrow between two times.

Programs write the times of SRT and WebVTT in many ways: without hours, with one digit or four
of a fraction, with a comma or a point, and without blanks at the arrow. All are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.danmaku.comments.content import Content
from pipeline.danmaku.comments.values import clock_time

MAX_CUE_CHARACTERS = 1 << 20
"""Characters of a cue; what goes beyond is left out."""

_ARROW = re.compile(r"(?:[-–—‐=]{1,3}[ \t]?>|→)")
_SETTINGS = re.compile(r"(?:\s+[A-Za-z][\w-]*:\S+)*\s*")
"""What may stand behind the times: WebVTT's settings, SRT's coordinates."""
_MAX_TIME = 32  # characters
_INDEX = re.compile(r"\s*\d{1,9}\s*", re.ASCII)


class Cue(NamedTuple):
    """One text of a subtitle file."""

    time_ms: int | None
    """None where the time cannot be read."""
    settings: str
    """What stands behind the times."""
    text: str


def cue_line(line: str) -> tuple[int | None, str] | None:
    """The first time of a line with two times, and what stands behind them; None for text.

    The time is None where an arrow of the standard's stands between what was meant for times.
    """
    arrow = _ARROW.search(line)
    if arrow is None:
        return None
    before, after = line[: arrow.start()].strip(), line[arrow.end() :].lstrip()
    end, blank, settings = after.partition(" ")
    if not (before[:1].isdigit() and end[:1].isdigit()) or len(before) > _MAX_TIME:
        return None
    begin_ms, end_ms = clock_time(before), clock_time(end.strip())
    if begin_ms is not None and end_ms is not None:
        return (begin_ms, settings) if _SETTINGS.fullmatch(blank + settings) else None
    is_meant = arrow[0] == "-->" and ":" in before and ":" in end
    return (None, settings) if is_meant else None


def cues(content: Content, ends_at_blank_line: bool) -> Iterator[Cue]:
    """Every cue, with the lines below its times as far as the next cue or a blank line.

    A number alone on the line before the times is the cue's index and no text.
    """
    time: int | None = None
    settings, text, length, is_open = "", [""], 0, False
    for line in content.lines():
        line = line.removeprefix("\ufeff")  # of a file that was appended
        found = cue_line(line)
        if found is not None:
            if is_open:
                yield Cue(time, settings, _without_index(text))
            (time, settings), text, length, is_open = found, [], 0, True
        elif is_open and not line and ends_at_blank_line:
            yield Cue(time, settings, "\n".join(text))
            is_open = False
        elif is_open and length < MAX_CUE_CHARACTERS:
            text.append(line)
            length += len(line)
    if is_open:
        yield Cue(time, settings, "\n".join(text).strip("\n"))


def _without_index(lines: list[str]) -> str:
    """The text of a cue in front of another, whose index may be its last line."""
    if lines and _INDEX.fullmatch(lines[-1]):
        lines = lines[:-1]
    return "\n".join(lines).strip("\n")
