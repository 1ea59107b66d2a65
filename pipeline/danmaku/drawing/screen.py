"""The area that comments are placed on."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from pipeline.danmaku.drawing.rules import STAGE_HEIGHT

if TYPE_CHECKING:
    from pipeline.media.source import PictureSource


class Region(NamedTuple):
    """A rectangle that stays where it is for a time; seconds and pixels of the stage."""

    start: float
    end: float
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Screen:
    """A source's pictures as the stage that comments are placed on, 1080 px high."""

    width: float = 1920.0
    """In pixels of the stage: as the pictures are displayed."""
    seconds: float = math.inf
    """How long the source lasts."""
    avoided: tuple[Region, ...] = ()
    """What comments should not cover."""


def screen_of(
    source: PictureSource, avoided: Iterable[tuple[float, float, tuple[float, ...]]] = ()
) -> Screen:
    """The screen that the pictures of ``source`` fill.

    ``avoided`` are what comments should not cover: from when to when, in seconds, and left, top,
    right and bottom in pixels of the source's pictures as they are displayed.
    """
    width = STAGE_HEIGHT * source.sample_aspect * source.width / source.height
    scale = STAGE_HEIGHT / source.height
    regions = (Region(start, end, *(edge * scale for edge in box)) for start, end, box in avoided)
    return Screen(float(width), float(source.duration), tuple(regions))
