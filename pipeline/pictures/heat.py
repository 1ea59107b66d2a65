"""Attention as heat over the picture that it looked at.

p  positions of a square grid, row by row over the whole picture
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from PIL import Image

from pipeline.media.pixels import Picture
from pipeline.runtime.arrays import Float32s, UInt8s

_COLOURS = "inferno"  # equal steps of strength look equal; it gets lighter throughout
_COLDEST = 0.25  # of the scale; what is below is nearly black and would look like shadow
_DIMMED = 0.5  # what is left of the picture's light, so that heat glows
_FADED = 0.5  # how grey the picture turns, so that colours are the heat's
_OPAQUE = 0.85  # how much the hottest place hides


def heat_strength(weights: Float32s) -> UInt8s:
    """How hot positions with these shares (p,) are: 0 at an even share or less, 255 at the peak.

    Where even the peak is less than two even shares it is below 255: attention to everything
    is not to look like attention to something.
    """
    excess = weights * weights.size - 1
    strength = np.asarray(np.clip(excess / max(1.0, float(excess.max())), 0, 1), np.float32)
    return np.rint(255 * strength).astype(np.uint8)


def heat_over(picture: Picture, heat: UInt8s) -> Picture:
    """``picture`` under positions (p,) that are so hot: see ``heat_strength``."""
    side = math.isqrt(heat.size)
    grid = Image.fromarray((heat / np.float32(255)).reshape(side, side))
    height, width = picture.shape[:2]
    smooth = np.asarray(grid.resize((width, height), Image.Resampling.BICUBIC))
    return glow(picture, np.clip(smooth, 0, 1))


def glow(picture: Picture, heat: Float32s) -> Picture:
    """``picture`` under ``heat`` (height, width), 0–1."""
    # Dimmed and half grey: what is bright and colourful is then the heat.
    grey = picture.mean(2, dtype=np.float32, keepdims=True)
    under = _DIMMED * (_FADED * grey + (1 - _FADED) * picture)
    share = _shares(heat)[..., None]
    colours = _colours()[np.rint(255 * heat).astype(np.uint8)]
    glowing: Picture = np.rint(under + share * (colours - under)).astype(np.uint8)
    return glowing


def palette() -> UInt8s:
    """(256, 4) RGBA of heat 0–1 in equal steps: laid over a dimmed picture it glows alike."""
    opacity = _shares(np.linspace(0, 1, 256, dtype=np.float32))
    return np.rint(np.column_stack([_colours(), 255 * opacity])).astype(np.uint8)


def _shares(heat: Float32s) -> Float32s:
    """How much the heat hides of the picture, 0–1."""
    return np.asarray(_OPAQUE * heat**0.7, np.float32)


@cache
def _colours() -> Float32s:
    """(256, 3) from cold to hot, 0–255."""
    from matplotlib import colormaps

    return np.asarray(255 * colormaps[_COLOURS](np.linspace(_COLDEST, 1, 256))[:, :3], np.float32)
