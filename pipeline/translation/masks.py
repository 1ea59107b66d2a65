"""Where a picture may change: (h, w) from 0, not at all, to 1, with soft edges."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from pipeline.labels.record import Label
from pipeline.media.pixels import Picture, resized
from pipeline.runtime.arrays import Float32s, Float64s, UInt8s

_SOFT = 0.03  # of the longer side: the radius by which the edges of boxes are blurred
_SALIENCY_SIDE = 64  # pixels, as its authors advise
_SALIENCY_BLUR = 2.5
_LOW, _HIGH = 0.5, 0.95  # quantiles of saliency where the mask begins, and where it is full


def box_mask(boxes: Iterable[Label], shape: tuple[int, int], size: tuple[int, int]) -> Float32s:
    """Ones within boxes, drawn on a picture of ``shape``, as a mask of ``size`` (width, height)."""
    mask = Image.new("L", size)
    pen = ImageDraw.Draw(mask)
    across, down = size[0] / shape[0], size[1] / shape[1]
    for label in boxes:
        if label.box is not None:
            left, top, right, bottom = label.box
            corners = (left * across, top * down, right * across - 1, bottom * down - 1)
            if corners[0] <= corners[2] and corners[1] <= corners[3]:
                pen.rectangle(tuple(map(round, corners)), fill=255)
    blurred = mask.filter(ImageFilter.GaussianBlur(_SOFT * max(size)))
    return (np.asarray(blurred) / 255).astype(np.float32)


def saliency_mask(seen: Picture) -> Float32s:
    """What stands out of a picture, by its spectral residual (Hou and Zhang 2007)."""
    luma = np.asarray(
        Image.fromarray(resized(seen, (_SALIENCY_SIDE,) * 2)).convert("L"), np.float32
    )
    spectrum = np.fft.fft2(luma)
    amplitude = np.log(np.abs(spectrum) + 1e-6)
    residual = amplitude - _around(amplitude)
    energy = np.abs(np.fft.ifft2(np.exp(residual + 1j * np.angle(spectrum)))) ** 2
    smooth = Image.fromarray(_scaled(energy)).filter(ImageFilter.GaussianBlur(_SALIENCY_BLUR))
    found = np.asarray(smooth, np.float32)
    low, high = np.quantile(found, (_LOW, _HIGH))
    mask = ((found - low) / max(1.0, high - low)).clip(0, 1).astype(np.float32)
    height, width = seen.shape[:2]
    return np.asarray(Image.fromarray(mask).resize((width, height), Image.Resampling.BILINEAR))


def _around(values: Float64s) -> Float64s:
    """Means over 3 × 3, around the corner at the borders, as spectra go on."""
    shifts = [np.roll(values, (y, x), (0, 1)) for y in (-1, 0, 1) for x in (-1, 0, 1)]
    return np.asarray(np.mean(shifts, 0))


def _scaled(energy: Float64s) -> UInt8s:
    """As 0–255, with the square root to spread low values."""
    root = np.sqrt(energy)
    scaled: UInt8s = (255 * root / max(float(root.max()), 1e-9)).astype(np.uint8)
    return scaled
