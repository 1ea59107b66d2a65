"""The settings of how comments are placed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct


class LayoutSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The section ``layout`` of a settings file, which all stages that place comments use."""

    rules: Literal["auto", "html5", "flash", "simple"] = "auto"
    """``auto`` is ``flash`` for comments that were posted to that player, else ``html5``."""
    collide: Literal["layer", "all"] = "layer"
    """Whether comments only make way for those of their own layer, as on Niconico, or for all."""
    overflow: Literal["overlap", "hide"] = "overlap"
    """What happens to a comment for which there is no room."""
    max_on_screen: Annotated[int, Meta(ge=1)] | None = None
    """Comments on screen at once; further ones are hidden. None shows all."""
    avoid: Literal["none", "faces"] = "none"
    """``faces``: comments take those of the free lanes in which they cover least of faces."""
    safe_area: Annotated[float, Meta(ge=0, le=0.5)] = 0.0
    """Share of the picture's height at the bottom that stays free for subtitles."""
    scale: Annotated[float, Meta(ge=0.25, le=4)] = 1.0
    """Size of comments relative to the player's."""
    opacity: Annotated[float, Meta(gt=0, le=1)] = 1.0
    """1 is solid; a comment's own opacity is multiplied by it."""
    outline: Annotated[float, Meta(ge=0, le=4)] = 1.0
    """Width of the stroke around letters relative to the player's; 0 for none."""


def needless_for_layout(settings: Mapping[str, Any]) -> Collection[str]:
    """Which inputs a stage that places comments does not need, given its settings."""
    avoids = settings.get("layout", {}).get("avoid") == "faces"
    return () if avoids else ("faces", "frames")
