"""The colours that the numbers of a picture stand for, and ffmpeg's options for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pipeline.media.mastering import UNKNOWN, Mastering

if TYPE_CHECKING:
    from pipeline.media.probe import VideoInfo

Range = Literal["pq", "hlg"]
"""The two kinds of high dynamic range."""
Bits = Literal[8, 10]
PixelFormat = Literal["yuv420p", "rgb24", "gbrap"]


_RANGES: dict[int, Range] = {16: "pq", 18: "hlg"}
"""By ITU-T H.273 TransferCharacteristics."""


def dynamic_range(transfer: int) -> Range | None:
    """The kind of HDR of an ITU-T H.273 TransferCharacteristics; None for standard range."""
    return _RANGES.get(transfer)


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
    bits: Bits = 8
    """Bits of a value of YUV; ``full_range`` is described for eight."""
    mastering: Mastering = UNKNOWN
    """Metadata of HDR."""

    @property
    def planar_format(self) -> str:
        """ffmpeg's name of YUV 4:2:0 in this depth."""
        return "yuv420p" if self.bits == 8 else "yuv420p10le"

    @property
    def dynamic_range(self) -> Range | None:
        """The kind of HDR; None for standard range."""
        return dynamic_range(self.transfer)

    @property
    def range_name(self) -> str:
        """ffmpeg's name of the range."""
        return "pc" if self.full_range else "tv"


BT709 = Color()
"""High-definition video."""
TONE_MAPPED = Color(primaries=1, transfer=1)
"""The colours that HDR is tone-mapped to."""


def color_of(video: VideoInfo, bits: Bits = 8) -> Color:
    """The colours of a video, in 8 or 10 bits."""
    return Color(
        video.color_matrix,
        video.full_range,
        video.color_primaries,
        video.color_transfer,
        bits,
        video.mastering,
    )


def bits_of(video: VideoInfo) -> Bits:
    """8, or 10 for a video that has more."""
    return 10 if video.bits > 8 else 8


def shown_color(video: VideoInfo) -> Color:
    """The colours in which any screen can show a video: eight bits, standard range."""
    return TONE_MAPPED if dynamic_range(video.color_transfer) else color_of(video)


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
