"""What decoders tell beside a picture, as libavutil's structures."""

from __future__ import annotations

import struct
from fractions import Fraction
from typing import cast

import av
from av.sidedata.sidedata import SideDataContainer, Type

from pipeline.media.mastering import Display, Mastering

_RATIONALS = "=20i2i"  # libavutil's AVMasteringDisplayMetadata: ten rationals, two switches
_LEVELS = "=2I"  # libavutil's AVContentLightMetadata


def mastering_of(picture: av.VideoFrame) -> Mastering:
    """What is told beside a decoded picture."""
    told, display, levels = cast("SideDataContainer", picture.side_data), None, None
    if Type.MASTERING_DISPLAY_METADATA in told:
        display = _display(bytes(told[Type.MASTERING_DISPLAY_METADATA]))
    if Type.CONTENT_LIGHT_LEVEL in told:
        levels = struct.unpack_from(_LEVELS, bytes(told[Type.CONTENT_LIGHT_LEVEL]))
    return Mastering(display, levels)


def _display(told: bytes) -> Display | None:
    *numbers, has_primaries, has_luminance = struct.unpack_from(_RATIONALS, told)
    if not (has_primaries and has_luminance):
        return None
    values = [Fraction(*numbers[place : place + 2]) for place in range(0, len(numbers), 2)]
    red, green, blue, white = zip(values[:8:2], values[1:8:2], strict=True)
    return Display(red, green, blue, white, darkest=values[8], brightest=values[9])
