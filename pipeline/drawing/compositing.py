"""Coverage masks blended into YUV 4:2:0 pictures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.drawing.glyphs import TextMask
from pipeline.drawing.style import Rgb

OUTLINE_OPACITY = 0.4  # Niconico HTML5 player

_Alpha = npt.NDArray[np.float32]

_LUMA_WEIGHTS = {"bt709": (0.2126, 0.0722), "bt470bg": (0.299, 0.114)}
"""Shares of red and blue in luma: ITU-R BT.709 and BT.601."""


@dataclass(frozen=True)
class YuvSpace:
    """How a video's planes encode colour."""

    matrix: str
    """``bt709`` or ``bt470bg`` (BT.601)."""
    full_range: bool
    """Luma spans 0–255 rather than 16–235, chroma 0–255 rather than 16–240."""

    def encode(self, rgb: Rgb) -> tuple[float, float, float]:
        """Luma and the two chroma values of ``rgb``, 0–255."""
        red, green, blue = (value / 255 for value in rgb)
        of_red, of_blue = _LUMA_WEIGHTS[self.matrix]
        luma = of_red * red + (1 - of_red - of_blue) * green + of_blue * blue
        cb = (blue - luma) / (2 * (1 - of_blue))
        cr = (red - luma) / (2 * (1 - of_red))
        black, luma_span, chroma_span = (0, 255, 255) if self.full_range else (16, 219, 224)
        return (
            black + luma_span * luma,
            min(255.0, 128 + chroma_span * cb),
            min(255.0, 128 + chroma_span * cr),
        )


@dataclass(frozen=True)
class _Layer:
    """A sprite's share of some planes: new = (old · keep + paint) / 256."""

    keep: npt.NDArray[np.uint16]
    """(height, width), 0–256."""
    paint: npt.NDArray[np.uint16]
    """(planes, height, width): value · (256 − keep), with the half that rounds."""


class Sprite:
    """A text in its colours, ready to be blended into pictures of one colour space."""

    def __init__(
        self, mask: TextMask, fill: Rgb, outline: Rgb, opacity: float, space: YuvSpace
    ) -> None:
        self._mask, self._opacity = mask, opacity
        self._fill, self._outline = space.encode(fill), space.encode(outline)
        self._luma = _layer(*self._alphas(), self._fill[:1], self._outline[:1])
        self._chroma: dict[tuple[int, int], _Layer] = {}

    def blend(self, picture: npt.NDArray[np.uint8], x: int, y: int) -> None:
        """Draw the sprite in place with its text's origin at luma column x, row y.

        ``picture`` is (height · 3 / 2, width) uint8, C-contiguous, both sides of the video
        even: luma, then the two chroma planes. What lies outside of it is cut off.
        Raises ValueError for a picture that is not contiguous.
        """
        if not picture.flags.c_contiguous:
            raise ValueError("planes can only be drawn upon in a C-contiguous picture")
        height, width = picture.shape[0] * 2 // 3, picture.shape[1]
        x, y = x + self._mask.left, y + self._mask.top
        _blend(picture[None, :height], self._luma, x, y)
        chroma = picture[height:].reshape(2, height // 2, width // 2)
        _blend(chroma, self._chroma_at(x & 1, y & 1), x >> 1, y >> 1)

    def _chroma_at(self, odd_x: int, odd_y: int) -> _Layer:
        """Half the resolution, for a sprite whose corner is at an even or an odd pixel."""
        if (odd_x, odd_y) not in self._chroma:
            face, around = (_halved(alpha, odd_x, odd_y) for alpha in self._alphas())
            layer = _layer(face, around, self._fill[1:], self._outline[1:])
            self._chroma[odd_x, odd_y] = layer
        return self._chroma[odd_x, odd_y]

    def _alphas(self) -> tuple[_Alpha, _Alpha]:
        """Shares of the face and of the outline around it, 0–1, together at most 1."""
        face = (self._mask.fill / 255).astype(np.float32)
        around = (self._mask.outline / 255).astype(np.float32) * (1 - face)
        return face * self._opacity, around * (OUTLINE_OPACITY * self._opacity)


def _layer(
    face: _Alpha, around: _Alpha, fill: tuple[float, ...], outline: tuple[float, ...]
) -> _Layer:
    alpha = face + around
    keep = np.rint(256 * (1 - alpha)).astype(np.uint16)
    # The mean colour times the rounded alpha: so old · keep + paint cannot exceed 16 bits.
    share = np.divide(face, alpha, out=np.zeros_like(face), where=alpha > 0)
    colors = [over * share + under * (1 - share) for over, under in zip(fill, outline, strict=True)]
    paint = np.rint(np.stack(colors) * (256 - keep)).astype(np.uint16) + np.uint16(128)
    return _Layer(keep, paint)


def _halved(alpha: _Alpha, odd_x: int, odd_y: int) -> _Alpha:
    height, width = alpha.shape
    after_y, after_x = (height + odd_y) % 2, (width + odd_x) % 2
    padded = np.pad(alpha, ((odd_y, after_y), (odd_x, after_x)))
    rows = padded[0::2] + padded[1::2]
    return (rows[:, 0::2] + rows[:, 1::2]) * np.float32(1 / 4)


def _blend(planes: npt.NDArray[np.uint8], layer: _Layer, x: int, y: int) -> None:
    """Blend ``layer`` into (planes, height, width) in place, cut off at every edge."""
    height, width = layer.keep.shape
    top, bottom = max(y, 0), min(y + height, planes.shape[1])
    left, right = max(x, 0), min(x + width, planes.shape[2])
    if top >= bottom or left >= right:
        return
    inside = np.s_[top - y : bottom - y, left - x : right - x]
    target = planes[:, top:bottom, left:right]
    mixed = target * layer.keep[inside]
    mixed += layer.paint[:, *inside]
    mixed >>= 8
    target[...] = mixed
