"""What comments are placed upon."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.danmaku.drawing.rules import STAGE_HEIGHT

if TYPE_CHECKING:
    from pipeline.media.probe import VideoInfo


@dataclass(frozen=True)
class Screen:
    """A video's pictures as the stage that comments are placed upon, 1080 px high."""

    width: float = 1920.0
    """In pixels of the stage: as the video is shown."""
    seconds: float = math.inf
    """How long the video is."""


def screen_of(video: VideoInfo) -> Screen:
    """The screen that ``video`` fills."""
    width = STAGE_HEIGHT * video.sample_aspect * video.width / video.height
    return Screen(float(width), float(video.duration))
