"""How pictures become what a published network was trained on."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from PIL import Image

from pipeline.media.pixels import Picture
from pipeline.runtime.arrays import Float32s

Border: TypeAlias = tuple[int, int, int] | Literal["edge", "none"]
"""What fills the square around a picture: a colour, its outermost pixels, or nothing, as it is
squeezed."""
WHITE = (255, 255, 255)


class Preparation(NamedTuple):
    """From an upright RGB picture over white to a network's input."""

    border: Border
    bgr: bool = False
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Subtracted from values of 0–255, in the order of the network's colours."""
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """Divides them."""

    def __call__(self, picture: Picture, size: int) -> Float32s:
        """(size, size, 3) of a picture (height, width, 3)."""
        values = _square(picture, size, self.border).astype(np.float32)
        values = values[:, :, ::-1] if self.bgr else values
        return np.asarray((values - _three(self.mean)) / _three(self.std))


def _three(values: tuple[float, float, float]) -> Float32s:
    return np.array(values, np.float32)


def _square(picture: Picture, size: int, border: Border) -> Picture:
    """The picture in the middle of a square, which is then scaled."""
    height, width = picture.shape[:2]
    if border != "none":
        side = max(height, width)
        top, left = (side - height) // 2, (side - width) // 2
        margins = (top, side - height - top), (left, side - width - left)
        if border == "edge":
            picture = np.pad(picture, (*margins, (0, 0)), "edge")
        else:
            whole = np.full((side, side, 3), border, np.uint8)
            whole[top : top + height, left : left + width] = picture
            picture = whole
    if picture.shape[:2] == (size, size):
        return picture
    return np.asarray(Image.fromarray(picture).resize((size, size), Image.Resampling.BICUBIC))
