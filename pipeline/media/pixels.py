"""The two forms in which decoded pictures are passed on."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from pipeline.runtime.arrays import UInt8s

Picture = UInt8s
"""(height, width, 3) RGB."""

Yuv420 = npt.NDArray[np.unsignedinteger[Any]]
"""(height · 3 / 2, width) YUV 4:2:0: the luma plane, then the two chroma planes of half its size.

uint8, or uint16 for ten bits.
"""


def resized(picture: Picture, size: tuple[int, int]) -> Picture:
    """``picture`` at another ``size`` (width, height), whatever its own shape."""
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.LANCZOS))
