"""Counts, spans of time and sizes of files as people read them."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """``1 comment``, ``1,440 comments``."""
    return f"{count:,} {noun}{'s' if count != 1 else ''}"


def about(seconds: float) -> str:
    """``40 s``, ``12 min``, ``2 h 10 min``: two digits of what is estimated anyway."""
    if seconds < 100:
        return f"{max(1, _two_digits(seconds))} s"
    minutes = round(seconds / 60)
    if minutes < 100:
        return f"{minutes} min"
    hours, minutes = divmod(minutes // 10 * 10, 60)
    return f"{hours} h {minutes} min" if minutes and hours < 10 else f"{hours:,} h"


def size_text(size: float) -> str:
    """``350 kB``, ``20 MB``, ``1.4 GB`` of so many bytes."""
    for unit, name in ((1e9, "GB"), (1e6, "MB")):
        if size >= unit:
            return f"{size / unit:.1f} {name}" if size < 10 * unit else f"{size / unit:,.0f} {name}"
    return f"{size / 1e3:.0f} kB"


def _two_digits(seconds: float) -> int:
    """Of a number below 100: fives from 20 on, because more would pretend to be exact."""
    return round(seconds) if seconds < 20 else 5 * round(seconds / 5)
