"""Times within a video as people write them: ``1:05``, ``1:01:05.3``.

Milliseconds and seconds count from the start of the video, or of the broadcast.
"""

from __future__ import annotations

import re

MILLISECONDS = 1000  # in a second

_CLOCK = re.compile(
    r"\s*(-)?(?:(?:(\d{1,6})\s*:\s*)?(\d{1,6})\s*:\s*)?(\d{1,6}(?:[.,]\d*)?)\s*", re.ASCII
)


def parse_clock(text: str) -> float:
    """Seconds of ``83.5``, ``1:23.5``, ``0:01:23,500`` or ``-0:02``.

    Minutes and seconds may be beyond 59. Raises ValueError for any other notation.
    """
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a time")
    sign, hours, minutes, seconds = match.groups()
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60
    time = whole + float(seconds.replace(",", "."))
    return -time if sign else time


def clock_text(milliseconds: int, digits: int = 0) -> str:
    """``1:05``, ``1:01:05`` from an hour on, or ``-0:05``; with ``digits`` of a second, 0 to 3.

    What lies below the last digit is cut off, so that a clock never runs ahead.
    """
    seconds, rest = divmod(abs(milliseconds), MILLISECONDS)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    head = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    fraction = f".{rest:03}"[: digits + 1] if digits else ""
    sign = "-" if milliseconds < 0 else ""
    return f"{sign}{head}:{seconds:02}{fraction}"


def timestamp(milliseconds: int) -> str:
    """``00:01:05.300``, the form of subtitle files; ``milliseconds`` are at least 0."""
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"
