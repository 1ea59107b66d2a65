"""Colour spaces of pictures: how red, green and blue become the values of their planes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from PIL import Image

from pipeline.media.colors import Bits, Color
from pipeline.media.light import grading, shade
from pipeline.media.pixels import Picture, Yuv420
from pipeline.runtime.arrays import Floats, UInt8s


@dataclass(frozen=True)
class ColorSpace:
    """A linear map from RGB, 0–255 each, to one value in each plane, 0–255 or 0–1023."""

    weights: Floats
    """(planes, 3)."""
    offsets: Floats
    """(planes,)."""
    full: int
    """How many of the planes, from the first on, have full size; the others have half of it."""
    bits: Bits = 8
    """Bits of a value."""
    grade: Callable[[Floats], Floats] | None = None
    """Applied to RGB before the map; None for nothing."""
    transfer: int = 2
    """ITU-T H.273 TransferCharacteristics."""

    def encode(self, rgb: npt.ArrayLike) -> Floats:
        """(planes, …) values for (…, 3) colours."""
        colors = np.asarray(rgb, np.float32)
        if self.grade is not None:
            colors = self.grade(colors)
        values = colors @ self.weights.T + self.offsets
        maximum = np.float32((1 << self.bits) - 1)
        planes: Floats = np.minimum(np.moveaxis(values, -1, 0), maximum)
        return planes

    def shade(self, opacity: float) -> float:
        """How opaque black must be to darken as ``opacity`` does in standard range."""
        return shade(opacity, self.transfer)

    def decode(self, values: npt.ArrayLike) -> UInt8s:
        """(…, 3) colours of (3, …) values of three planes; ``grade`` is not undone."""
        inverse = np.linalg.inv(self.weights).astype(np.float32)
        rgb = np.moveaxis(np.asarray(values, np.float32), 0, -1) - self.offsets
        return np.rint(rgb @ inverse.T).clip(0, 255).astype(np.uint8)


_LUMA_WEIGHTS = {"bt709": (0.2126, 0.0722), "bt470bg": (0.299, 0.114), "bt2020nc": (0.2627, 0.0593)}
"""The shares of red and blue in luma, by ITU-R BT.709, BT.601 and BT.2020."""


def space_of(color: Color) -> ColorSpace:
    """YUV 4:2:0 of ``color``, in which RGB values look as they do in sRGB."""
    grade = grading(color.primaries, color.transfer)
    space = yuv(color.matrix, color.full_range, color.bits)
    return replace(space, grade=grade, transfer=color.transfer)


def yuv(matrix: str, full_range: bool, bits: Bits = 8) -> ColorSpace:
    """YUV 4:2:0 of ``bt709``, ``bt470bg`` (BT.601) or ``bt2020nc``.

    In full range, luma and chroma span all values; otherwise 16–235 and 16–240 in eight bits,
    and four times that in ten.
    """
    red, blue = _LUMA_WEIGHTS[matrix]
    luma = np.array([red, 1 - red - blue, blue])
    # Scaled so that the pure colour has a chroma of 0.5.
    cb = (np.array([0, 0, 1]) - luma) / (2 * (1 - blue))
    cr = (np.array([1, 0, 0]) - luma) / (2 * (1 - red))
    unit = 1 << bits - 8
    black, luma_span, chroma_span = 16 * unit, 219 * unit, 224 * unit
    if full_range:
        black, luma_span, chroma_span = 0, 256 * unit - 1, 256 * unit - 1
    weights = np.stack([luma * luma_span, cb * chroma_span, cr * chroma_span]) / 255
    offsets = np.array([black, 128 * unit, 128 * unit], np.float32)
    return ColorSpace(weights.astype(np.float32), offsets, full=1, bits=bits)


GBRA = ColorSpace(
    np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0], [0, 0, 0]], np.float32),
    np.array([0, 0, 0, 255], np.float32),
    full=4,
)
"""Green, blue, red and alpha, premultiplied: blending into it adds to its alpha."""


def rgb_picture(planes: Yuv420, space: ColorSpace, size: tuple[int, int]) -> Picture:
    """``planes`` of eight bits, whose colours are those of ``space``, as RGB of ``size`` (w, h)."""
    height, width = planes.shape[0] * 2 // 3, planes.shape[1]
    chroma = planes[height:].reshape(2, height // 2, width // 2)
    resized = [
        np.asarray(Image.fromarray(plane).resize(size, Image.Resampling.LANCZOS))
        for plane in (planes[:height], *chroma)
    ]
    return space.decode(np.stack(resized))
