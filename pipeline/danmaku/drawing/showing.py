"""Pictures of a video as RGB, at any size."""

from __future__ import annotations

import numpy as np
from PIL import Image

from pipeline.danmaku.drawing.colors import ColorSpace
from pipeline.media.pixels import Picture, Yuv420


def shown(planes: Yuv420, space: ColorSpace, size: tuple[int, int]) -> Picture:
    """YUV 4:2:0 of eight bits, (height · 3 / 2, width), as RGB (h, w, 3) of ``size`` (w, h)."""
    height, width = planes.shape[0] * 2 // 3, planes.shape[1]
    chroma = planes[height:].reshape(2, height // 2, width // 2)
    resized = [
        np.asarray(Image.fromarray(plane).resize(size, Image.Resampling.LANCZOS))
        for plane in (planes[:height], *chroma)
    ]
    return space.decode(np.stack(resized))
