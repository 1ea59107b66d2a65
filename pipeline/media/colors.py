"""What the numbers of a picture mean, and how ffmpeg is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipeline.media.probe import VideoInfo

PixelFormat = Literal["yuv420p", "rgb24", "gbrap"]


@dataclass(frozen=True)
class Color:
    """How the numbers of a picture become colours on a screen."""

    matrix: str = "bt709"
    """``bt709``, ``bt470bg`` (BT.601) or ``bt2020nc``: how RGB becomes YUV."""
    full_range: bool = False
    """True where luma spans 0–255 rather than 16–235."""
    primaries: int = 2
    """ITU-T H.273 ColourPrimaries, 2 for unspecified."""
    transfer: int = 2
    """ITU-T H.273 TransferCharacteristics, 2 for unspecified."""

    @property
    def range_name(self) -> str:
        """As ffmpeg calls it."""
        return "pc" if self.full_range else "tv"


BT709 = Color()
"""As of high-definition video."""


def color_of(video: VideoInfo) -> Color:
    """The colours in which ``planar_pictures`` yields a video."""
    return Color(video.color_matrix, video.full_range, video.color_primaries, video.color_transfer)


def color_filters(pixel_format: PixelFormat, color: Color) -> list[str]:
    """ffmpeg's filters that make YUV of ``color`` from pictures, and tag it."""
    filters = [
        f"setparams=colorspace={color.matrix}:range={color.range_name}"
        f":color_primaries={color.primaries}:color_trc={color.transfer}"
    ]
    if pixel_format != "yuv420p":
        filters.insert(0, f"scale=out_color_matrix={color.matrix}:out_range={color.range_name}")
    return filters


def color_tags(color: Color) -> list[str]:
    """ffmpeg's arguments for the encoder and the container."""
    return [
        *("-colorspace", color.matrix, "-color_range", color.range_name),
        *("-color_primaries", str(color.primaries), "-color_trc", str(color.transfer)),
    ]
