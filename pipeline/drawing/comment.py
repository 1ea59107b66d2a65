"""What is drawn: one comment of the video's timeline."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ScreenComment:
    """One viewer comment to draw."""

    time_ms: int
    """When it belongs to the video, in milliseconds from its start (Niconico's vpos)."""
    text: str
    """What is written; several lines are parted by newlines."""
    commands: tuple[str, ...]
    """The words of Niconico's ``mail`` field: place, size, colour, …"""
