"""The same drawing at other times: by day, at sunset, at night, and in snow."""

from __future__ import annotations

import numpy as np
from PIL import Image

from pipeline.runtime.arrays import Floats
from pipeline.show.spec import Light

_HORIZON = 0.7  # of the picture's height from above: where the ground begins
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_SUNSET_SKY = np.array([1.12, 0.62, 0.42], np.float32)
_SUNSET_GROUND = np.array([0.96, 0.70, 0.62], np.float32)
_NIGHT = np.array([0.22, 0.27, 0.52], np.float32)
_SNOW = np.array([238, 244, 252], np.float32)


def lit(picture: Image.Image, light: Light) -> Image.Image:
    """An RGB picture of the show, drawn by day, in another ``light``."""
    if light == "day":
        return picture
    pixels = np.asarray(picture, np.float32)
    down = np.linspace(0, 1, len(pixels), dtype=np.float32)[:, None, None]
    made = {"sunset": _sunset, "night": _night, "snow": _snow}[light](pixels, down)
    return Image.fromarray(np.rint(made).clip(0, 255).astype(np.uint8))


def _sunset(pixels: Floats, down: Floats) -> Floats:
    """Red from above, where the sky is bright, and long warm light on the ground."""
    tint = _SUNSET_SKY + (_SUNSET_GROUND - _SUNSET_SKY) * (down / _HORIZON).clip(0, 1)
    glow = 60 * np.exp(-(((down - _HORIZON) / 0.25) ** 2)) * np.array([1.0, 0.45, 0.1])
    made: Floats = pixels * tint + glow * (pixels / 255).mean(-1, keepdims=True)
    return made


def _night(pixels: Floats, down: Floats) -> Floats:
    """Dark and blue, most of all on the ground."""
    made: Floats = pixels * _NIGHT * (1.15 - 0.3 * down)
    return made


def _snow(pixels: Floats, down: Floats) -> Floats:
    """The ground is white, the rest pale and grey; outlines stay."""
    grey = (pixels @ _LUMA)[..., None]
    pale = 0.45 * pixels + 0.35 * grey + 0.2 * _SNOW
    ground = ((down - _HORIZON) / 0.08).clip(0, 1) * ((grey - 60) / 60).clip(0, 1)
    white = _SNOW * (0.82 + 0.18 * grey / 255)
    made: Floats = pale + ground * 0.85 * (white - pale)
    return made
