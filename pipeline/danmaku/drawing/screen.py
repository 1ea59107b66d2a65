"""The area that comments are placed on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.danmaku.drawing.rules import STAGE_HEIGHT

if TYPE_CHECKING:
    from pipeline.media.source import PictureSource


@dataclass(frozen=True)
class Screen:
    """A source's pictures as the stage that comments are placed on, 1080 px high."""

    width: float = 1920.0
    """In pixels of the stage: as the pictures are displayed."""
    seconds: float = math.inf
    """How long the source lasts."""


def screen_of(source: PictureSource) -> Screen:
    """The screen that the pictures of ``source`` fill."""
    width = STAGE_HEIGHT * source.sample_aspect * source.width / source.height
    return Screen(float(width), float(source.duration))
