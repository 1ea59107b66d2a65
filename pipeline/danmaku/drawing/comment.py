"""What is drawn: one comment of the video's timeline."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Layer = Literal["viewer", "owner", "generated"]
"""Whose comment it is: viewers', the uploader's, or the model's."""


@dataclass(frozen=True)
class ScreenComment:
    """One comment to draw."""

    time_ms: int
    """When it belongs to the video, in milliseconds from its start (Niconico's vpos)."""
    text: str
    """What is written; several lines are parted by newlines."""
    commands: tuple[str, ...]
    """The words of Niconico's ``mail`` field: place, size, colour, …"""
    layer: Layer = "viewer"
    posted_us: int | None = None
    """When it was posted, in Unix microseconds, where that is known."""
    number: int = field(default=0, repr=False)
    """Its place in the file that it is from; where it is drawn does not depend on it."""
