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
    most_on_screen: Annotated[int, Meta(ge=1)] | None = None
    """More are hidden; None shows all."""
    safe_area: Annotated[float, Meta(ge=0, le=0.5)] = 0.0
    """Share of the picture's height that is left free for subtitles at the bottom."""
