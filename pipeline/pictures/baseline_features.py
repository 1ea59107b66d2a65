"""What pictures are without a network: small, and as colours."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import h5py
import numpy as np
from matplotlib.colors import rgb_to_hsv

from pipeline.media.pixels import Picture, resized
from pipeline.runtime.arrays import Float32s

_SIDE = 16
_HSV_BINS = (8, 4, 4)


def baseline_features(
    frames: Sequence[Path], places: Sequence[tuple[int, int]]
) -> dict[str, Float32s]:
    """``pixels`` (n, 768) and ``colours`` (n, 128) of pictures by collection and row."""
    found: dict[tuple[int, int], tuple[Float32s, Float32s]] = {}
    for number, path in enumerate(frames):
        with h5py.File(path, "r") as file:
            for row in sorted({row for of, row in places if of == number}):
                picture = file["pictures"][row]
                found[number, row] = _pixels(picture), _colours(picture)
    pixels, colours = zip(*(found[place] for place in places), strict=True)
    return {"pixels": np.stack(pixels), "colours": np.stack(colours)}


def _pixels(picture: Picture) -> Float32s:
    return resized(picture, (_SIDE, _SIDE)).ravel().astype(np.float32)


def _colours(picture: Picture) -> Float32s:
    """The root of the share of the pixels with each hue, saturation and value."""
    hsv = rgb_to_hsv(picture.reshape(-1, 3) / 255)
    bins = np.minimum((hsv * _HSV_BINS).astype(np.int64), np.array(_HSV_BINS) - 1)
    number = np.ravel_multi_index(tuple(bins.T), _HSV_BINS)
    counts = np.bincount(number, minlength=int(np.prod(_HSV_BINS)))
    return np.sqrt(counts / len(number)).astype(np.float32)
