"""Settings of stages about captions; apart from numpy, so that stages can declare them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct


class CardSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a picture with its line is drawn."""

    place: Literal["below", "above", "inside"] = "below"
    """Where the line is: on a band below or above the picture, or over its lower part."""
    width: Annotated[int, Meta(ge=160, le=4096)] = 640
    """Of a card, in pixels; the picture is scaled to it whole."""
    theme: Literal["light", "dark"] = "light"
    """Dark letters on a white card, or light ones on a dark card; letters over a picture are
    white with a dark outline in both."""
