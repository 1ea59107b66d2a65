"""Colour spaces of pictures: how red, green and blue become the values of their planes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]


@dataclass(frozen=True)
class ColorSpace:
    """An affine map from RGB, 0–255 each, to one value a plane, 0–255."""

    weights: Floats
    """(planes, 3)."""
    offsets: Floats
    """(planes,)."""
    full: int
    """How many of the planes, the first ones, have the picture's size; the others half of it."""

    def encode(self, rgb: npt.ArrayLike) -> Floats:
        """(planes, …) values for (…, 3) colours."""
        values = np.asarray(rgb, np.float32) @ self.weights.T + self.offsets
        planes: Floats = np.minimum(np.moveaxis(values, -1, 0), np.float32(255))
        return planes

    def decode(self, values: npt.ArrayLike) -> npt.NDArray[np.uint8]:
        """(…, 3) colours of (3, …) values of three planes."""
        way_back = np.linalg.inv(self.weights).astype(np.float32)
        rgb = np.moveaxis(np.asarray(values, np.float32), 0, -1) - self.offsets
        return np.rint(rgb @ way_back.T).clip(0, 255).astype(np.uint8)


_LUMA_WEIGHTS = {"bt709": (0.2126, 0.0722), "bt470bg": (0.299, 0.114), "bt2020nc": (0.2627, 0.0593)}
"""Shares of red and blue in luma: ITU-R BT.709, BT.601 and BT.2020."""


def yuv(matrix: str, full_range: bool) -> ColorSpace:
    """YUV 4:2:0 of ``bt709``, ``bt470bg`` (BT.601) or ``bt2020nc``.

    In full range luma and chroma span 0–255, else 16–235 and 16–240.
    """
    of_red, of_blue = _LUMA_WEIGHTS[matrix]
    luma = np.array([of_red, 1 - of_red - of_blue, of_blue])
    cb = (np.array([0, 0, 1]) - luma) / (2 * (1 - of_blue))
    cr = (np.array([1, 0, 0]) - luma) / (2 * (1 - of_red))
    black, luma_span, chroma_span = (0, 255, 255) if full_range else (16, 219, 224)
    weights = np.stack([luma * luma_span, cb * chroma_span, cr * chroma_span]) / 255
    return ColorSpace(weights.astype(np.float32), np.array([black, 128, 128], np.float32), full=1)


GBRA = ColorSpace(
    np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0], [0, 0, 0]], np.float32),
    np.array([0, 0, 0, 255], np.float32),
    full=4,
)
"""Green, blue, red and alpha, premultiplied: what is blended into it adds to its alpha."""
