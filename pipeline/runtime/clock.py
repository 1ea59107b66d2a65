"""Times of a video as people write and read them."""

from __future__ import annotations

MILLISECONDS = 1000  # in a second


def parse_clock(text: str) -> float:
    """Seconds of ``83.5``, ``1:23.5`` or ``0:01:23.5``.

    Raises ValueError for a text of any other form.
    """
    seconds = 0.0
    for part in text.strip().split(":"):
        if not part.replace(".", "", 1).isdecimal():
            raise ValueError(f"{text!r} is no time")
        seconds = 60 * seconds + float(part)
    return seconds


def clock_text(milliseconds: int) -> str:
    """``0:23:40`` or ``-0:00:05``: hours, minutes and whole seconds, rounded towards zero."""
    minutes, seconds = divmod(abs(milliseconds) // MILLISECONDS, 60)
    sign = "-" if milliseconds < 0 else ""
    return f"{sign}{minutes // 60}:{minutes % 60:02}:{seconds:02}"
