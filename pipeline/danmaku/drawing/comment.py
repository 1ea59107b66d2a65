"""A comment as it is drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Layer = Literal["viewer", "owner", "generated"]
"""Whose comment it is: viewers', the uploader's, or the model's."""


@dataclass(frozen=True)
class ScreenComment:
    """A comment to draw."""

    time_ms: int
    """Its time in the video, in milliseconds from the start (Niconico's vpos)."""
    text: str
    """Its text; lines are separated by newlines."""
    commands: tuple[str, ...]
    """The words of Niconico's ``mail`` field: place, size, colour, …"""
    layer: Layer = "viewer"
    posted_us: int | None = None
    """When it was posted, in Unix microseconds; None if unknown."""
    number: int = field(default=0, repr=False)
    """Its index in the file that it is from; the layout does not depend on it."""
