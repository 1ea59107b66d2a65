"""Mastering metadata of decoded pictures, from libavutil's structures."""

from __future__ import annotations

import struct
from fractions import Fraction
from typing import cast

import av
from av.sidedata.sidedata import SideDataContainer, Type

from pipeline.media.mastering import Display, Mastering

_RATIONALS = "=20i2i"  # libavutil's AVMasteringDisplayMetadata: ten rationals, two flags
_LEVELS = "=2I"  # libavutil's AVContentLightMetadata


def mastering_of(picture: av.VideoFrame) -> Mastering:
    """The mastering metadata of a decoded picture."""
    side_data, display, levels = cast("SideDataContainer", picture.side_data), None, None
    if Type.MASTERING_DISPLAY_METADATA in side_data:
        display = _display(bytes(side_data[Type.MASTERING_DISPLAY_METADATA]))
    if Type.CONTENT_LIGHT_LEVEL in side_data:
        levels = struct.unpack_from(_LEVELS, bytes(side_data[Type.CONTENT_LIGHT_LEVEL]))
    return Mastering(display, levels)


def _display(structure: bytes) -> Display | None:
    *numbers, has_primaries, has_luminance = struct.unpack_from(_RATIONALS, structure)
    if not (has_primaries and has_luminance):
        return None
    values = [Fraction(*numbers[place : place + 2]) for place in range(0, len(numbers), 2)]
    red, green, blue, white = zip(values[:8:2], values[1:8:2], strict=True)
    return Display(red, green, blue, white, darkest=values[8], brightest=values[9])
