"""Cues of subtitles: texts below a line with an arrow between two times.

Programs write the times of SRT and WebVTT in many ways: without hours, with one to four digits of
a second, with a comma or a point, and without spaces around the arrow. All are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.reading.content import Content
from pipeline.reading.values import clock_time

MAX_CUE_CHARACTERS = 1 << 20
"""Lines of a cue beyond this are left out."""

_ARROW = re.compile(r"(?:[-–—‐=]{1,3}[ \t]?>|→)")
_SETTINGS = re.compile(r"(?:\s+[A-Za-z][\w-]*:\S+)*\s*")
"""What may follow the times: WebVTT's settings, SRT's coordinates."""
_MAX_TIME = 32  # characters
_INDEX = re.compile(r"\s*\d{1,9}\s*", re.ASCII)


class Cue(NamedTuple):
    """One subtitle."""

    time_ms: int | None
    """None if the time cannot be read."""
    settings: str
    """What follows the times."""
    text: str


def cue_line(line: str) -> tuple[int | None, str] | None:
    """The first time of a line with two times, and what follows them; None for a line of text.

    The time is None if the line has a standard arrow but its times cannot be read.
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
    is_cue = arrow[0] == "-->" and ":" in before and ":" in end
    return (None, settings) if is_cue else None


def cues(content: Content, ends_at_blank_line: bool) -> Iterator[Cue]:
    """Yield every cue, with the lines from its times to the next cue or a blank line.

    A number alone on the line before the times is the cue's index and not text.
    """
    time: int | None = None
    settings, text, length, is_open = "", [""], 0, False
    for line in content.lines():
        line = line.removeprefix("\ufeff")  # at the start of a file that was appended
        times = cue_line(line)
        if times is not None:
            if is_open:
                yield Cue(time, settings, _without_index(text))
            (time, settings), text, length, is_open = times, [], 0, True
        elif is_open and not line and ends_at_blank_line:
            yield Cue(time, settings, "\n".join(text))
            is_open = False
        elif is_open and length < MAX_CUE_CHARACTERS:
            text.append(line)
            length += len(line)
    if is_open:
        yield Cue(time, settings, "\n".join(text).strip("\n"))


def _without_index(lines: list[str]) -> str:
    """The text of a cue that precedes another one, whose index may be its last line."""
    if lines and _INDEX.fullmatch(lines[-1]):
        lines = lines[:-1]
    return "\n".join(lines).strip("\n")
