"""The settings that say how comments are placed."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct


class LayoutSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The section ``layout`` of a settings file, which all stages that place comments share."""

    rules: Literal["auto", "html5", "flash", "simple"] = "auto"
    """``auto`` follows ``flash`` for comments that were posted to that player, else ``html5``."""
    collide: Literal["layer", "all"] = "layer"
    """Whether comments make way for those of their own layer alone, as on Niconico."""
    overflow: Literal["overlap", "hide"] = "overlap"
    """What becomes of a comment for which there is no room."""
    max_on_screen: Annotated[int, Meta(ge=1)] | None = None
    """More are hidden; None shows all."""
    safe_area: Annotated[float, Meta(ge=0, le=0.5)] = 0.0
    """Share of the picture's height that is left free for subtitles at the bottom."""
    scale: Annotated[float, Meta(ge=0.25, le=4)] = 1.0
    """How many times as large as in the player comments are."""
    opacity: Annotated[float, Meta(gt=0, le=1)] = 1.0
    """1 is solid; what a comment asks for itself is taken of it."""
    outline: Annotated[float, Meta(ge=0, le=4)] = 1.0
    """How many times as wide as in the player the stroke around letters is; 0 for none."""
