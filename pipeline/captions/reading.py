"""How long people read a card."""

from __future__ import annotations

from pipeline.lettering.lettering import Lettering

_LOOKING = 1.5
"""Seconds for the picture."""
_EMS_A_SECOND = 6.0
"""Between subtitles in Japanese (4 characters of 1 em) and in English (15 letters of 1/2 em)."""
_MIN_SECONDS, _MAX_SECONDS = 2.5, 12.0


def reading_seconds(text: str, lettering: Lettering) -> float:
    """Seconds to show a card with ``text``, by the width of its letters."""
    ems = sum(lettering.width(line, 1) for line in text.split("\n"))
    return min(max(_MIN_SECONDS, _LOOKING + ems / _EMS_A_SECOND), _MAX_SECONDS)
