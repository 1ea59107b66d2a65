"""Coverage masks blended into pictures, plane by plane.

A text is blended with a picture as new = old · (1 − alpha) + colour · alpha, where alpha is the
share of a pixel that the text covers. Everything but ``old`` is computed once for a text, as
integers, so that blending takes a multiplication, an addition and a shift for each value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from pipeline.lettering.colors import Rgb
from pipeline.lettering.masks import PHASES, TextMask
from pipeline.media.color_space import ColorSpace
from pipeline.runtime.arrays import Floats

OUTLINE_OPACITY = 0.4  # Niconico HTML5 player

TILE = 1024
"""Width, in pixels, of the parts in which long texts are prepared when they come into view."""

Plane = npt.NDArray[np.unsignedinteger[Any]]
"""uint8, or uint16 for values of ten bits."""
Shares = npt.NDArray[np.unsignedinteger[Any]]
"""Parts of 256 in uint16, which is faster, or for ten bits parts of 1024 in uint32."""
Key = TypeVar("Key", bound=tuple[int, ...])


@dataclass(frozen=True)
class Planes:
    """A picture to draw on."""

    full: Plane
    """(planes, height, width)."""
    half: Plane
    """(planes, height / 2, width / 2); no planes where all have the picture's size."""

    @classmethod
    def yuv(cls, picture: Plane) -> Planes:
        """Views of (height · 3 / 2, width), C-contiguous, both sides of the video even.

        Raises ValueError for a picture that is not contiguous.
        """
        if not picture.flags.c_contiguous:
            raise ValueError("planes can only be drawn upon in a C-contiguous picture")
        height, width = picture.shape[0] * 2 // 3, picture.shape[1]
        chroma = picture[height:].reshape(2, height // 2, width // 2)
        return cls(picture[None, :height], chroma)

    def columns(self, start: int, stop: int) -> Planes:
        """The part between two even columns."""
        return Planes(self.full[..., start:stop], self.half[..., start // 2 : stop // 2])


@dataclass(frozen=True)
class _Layer:
    """A tile prepared for some planes: new = (old · keep + paint) / whole.

    ``whole`` is the number of levels of a value, a power of two: so the products fit into the
    type of the shares, and the division is a shift.
    """

    keep: Shares
    """(height, width) 1 − alpha, in parts of ``whole``."""
    paint: Shares
    """(planes, height, width) colour · (whole − keep), plus the half that rounds the division."""
    bits: int
    """Of ``whole``: 8 for 256."""


class Sprite:
    """A text in its colours, ready to be blended into pictures of one colour space.

    ``draw`` makes its mask, moved right by so many of ``PHASES`` parts of a pixel. Planes of full
    size are prepared for each phase. Planes of half the size are prepared for an even and an odd
    corner, as a pixel of theirs covers two by two of the text's.
    """

    def __init__(
        self,
        draw: Callable[[int], TextMask],
        fill: Rgb,
        outline: Rgb,
        opacity: float,
        space: ColorSpace,
        tile: int = TILE,
    ) -> None:
        self._masks = cache(draw)
        self._opacity, self._space, self._tile = opacity, space, tile
        self._shade = space.shade(OUTLINE_OPACITY)
        self._fill, self._outline = space.encode(fill), space.encode(outline)
        self._full: dict[tuple[int, int], _Layer] = {}
        self._half: dict[tuple[int, int, int], _Layer] = {}

    def blend(self, planes: Planes, x: int, y: int) -> None:
        """Draw the sprite in place with its text's origin at row y and ``x / PHASES`` columns.

        Whatever lies outside of the picture is cut off. Planes of half the size have it at the
        nearest whole column, where nobody could see the difference.
        """
        column, phase = divmod(x, PHASES)
        mask = self._masks(phase)
        width = planes.full.shape[2]
        tiles = self._visible_tiles(mask, -column - mask.left, width - column - mask.left)
        if len(self._full) > PHASES:  # a text of a single tile has no more layers than that
            _forget_others(tiles, self._full)
        for tile in tiles:
            layer = self._full.get((tile, phase))
            if layer is None:
                layer = self._full[tile, phase] = self._full_layer(tile, mask)
            _blend(planes.full, layer, column + mask.left + tile, y + mask.top)
        if planes.half.size:
            self._blend_half(planes.half, (x + PHASES // 2) // PHASES, y, width)

    def _blend_half(self, planes: Plane, column: int, y: int, width: int) -> None:
        mask = self._masks(0)
        column, y = column + mask.left, y + mask.top
        tiles = self._visible_tiles(mask, -column, width - column)
        if len(self._half) > PHASES:
            _forget_others(tiles, self._half)
        for tile in tiles:
            key = tile, column & 1, y & 1
            layer = self._half.get(key)
            if layer is None:
                layer = self._half[key] = self._half_layer(*key)
            _blend(planes, layer, (column + tile) >> 1, y >> 1)

    def _full_layer(self, tile: int, mask: TextMask) -> _Layer:
        columns, planes = slice(tile, tile + self._tile), slice(0, self._space.full)
        return _layer(*self._ink(mask, columns, planes), self._space.bits)

    def _half_layer(self, tile: int, odd_x: int, odd_y: int) -> _Layer:
        """Half the resolution, for a sprite whose corner is at an even or an odd pixel.

        From an odd corner the pairs of columns straddle the tiles' edges: each tile then begins
        one column earlier and ends one earlier.
        """
        mask = self._masks(0)
        last = tile + self._tile >= mask.fill.shape[1]
        columns = slice(max(0, tile - odd_x), None if last else tile + self._tile - odd_x)
        alpha, values = self._ink(mask, columns, slice(self._space.full, None))
        before = odd_x if tile == 0 else 0
        halves = _halved(alpha, before, odd_y), _halved(values, before, odd_y)
        return _layer(*halves, self._space.bits)

    def _ink(self, mask: TextMask, columns: slice, planes: slice) -> tuple[Floats, Floats]:
        """What the text adds to some columns.

        Returns how much of each pixel it covers, (height, width), 0–1, and its values in some
        planes, (planes, height, width), multiplied by that.
        """
        opacity = np.float32(self._opacity)
        face = mask.fill[:, columns].astype(np.float32) * (opacity / 255)
        # The outline shows where the face leaves it: behind a part of a pixel, or beside it.
        around = mask.outline[:, columns].astype(np.float32) * (opacity / 255 - face / 255)
        around *= np.float32(self._shade)
        fill, outline = (color[planes, None, None] for color in (self._fill, self._outline))
        alpha, values = face + around, fill * face + outline * around
        if mask.colors is not None:
            # Coloured pictures lie over face and outline.
            own = mask.colors[:, columns, 3].astype(np.float32) * (opacity / 255)
            colors = self._space.encode(mask.colors[:, columns, :3])[planes]
            alpha, values = alpha * (1 - own) + own, values * (1 - own) + colors * own
        return alpha, values

    def _visible_tiles(self, mask: TextMask, left: int, right: int) -> range:
        """First columns of the tiles that have any of the mask's columns ``left`` to ``right``."""
        # Halved tiles may begin a column before their own and end one before the next.
        first = max(0, left - 1) // self._tile * self._tile
        return range(first, min(mask.fill.shape[1], right + 1), self._tile)


def _layer(alpha: Floats, values: Floats, bits: int) -> _Layer:
    """Alpha (height, width) and values (planes, height, width), as ``_ink`` returns them."""
    dtype: type[np.unsignedinteger[Any]] = np.uint16 if bits == 8 else np.uint32
    whole = 1 << bits
    keep = np.rint(whole * (1 - alpha)).astype(dtype)
    # The mean colour times the rounded alpha: so old · keep + paint cannot exceed the type.
    colors = np.divide(values, alpha, out=np.zeros_like(values), where=alpha > 0)
    paint = np.rint(colors * (whole - keep)).astype(dtype) + dtype(whole // 2)
    return _Layer(keep, paint, bits)


def _halved(values: Floats, before: int, odd_y: int) -> Floats:
    """Means of 2 × 2 values of the last two axes.

    ``before`` columns and ``odd_y`` rows of zeros are put in front, and as many behind as make
    the size even: there the picture shows.
    """
    height, width = values.shape[-2:]
    bottom, right = odd_y + height, before + width
    shape = (*values.shape[:-2], bottom + bottom % 2, right + right % 2)
    padded = np.zeros(shape, np.float32)
    padded[..., odd_y:bottom, before:right] = values
    lines = padded[..., 0::2, :] + padded[..., 1::2, :]
    halved: Floats = (lines[..., 0::2] + lines[..., 1::2]) * np.float32(1 / 4)
    return halved


def _forget_others(tiles: range, layers: dict[Key, _Layer]) -> None:
    """Forget the layers of tiles that have gone out of view."""
    for key in [key for key in layers if key[0] not in tiles]:
        del layers[key]


def _blend(planes: Plane, layer: _Layer, x: int, y: int) -> None:
    """Blend ``layer`` into (planes, height, width) in place, cut off at every edge."""
    keep, paint = layer.keep, layer.paint
    height, width = keep.shape
    if y < 0 or x < 0 or y + height > planes.shape[1] or x + width > planes.shape[2]:
        top, bottom = max(y, 0), min(y + height, planes.shape[1])
        left, right = max(x, 0), min(x + width, planes.shape[2])
        if top >= bottom or left >= right:
            return
        keep = keep[top - y : bottom - y, left - x : right - x]
        paint = paint[:, top - y : bottom - y, left - x : right - x]
        (height, width), x, y = keep.shape, left, top
    target = planes[:, y : y + height, x : x + width]
    mixed = target.astype(keep.dtype)
    mixed *= keep
    mixed += paint
    mixed >>= layer.bits
    target[...] = mixed
