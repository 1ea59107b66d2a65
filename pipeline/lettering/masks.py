"""Coverage masks: how much of each pixel a text's face and outline take."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from pipeline.runtime.arrays import UInt8s

PHASES = 4
"""Positions within a pixel that text may have, and how many times larger it is drawn for them.

Pillow puts glyphs at whole pixels. Drawn four times as large these are quarters of a pixel, and
the mean of four by four of them is how much of a pixel the letter covers.
"""

Mask = UInt8s
"""(height, width) coverage: 0 outside, 255 inside."""
Colors = UInt8s
"""(height, width, 4) RGBA with straight alpha."""


@dataclass(frozen=True)
class TextMask:
    """A drawn text or character."""

    fill: Mask
    """Coverage of the face; 0 where ``colors`` covers."""
    outline: Mask
    """Coverage of the stroke around the face, same shape; arbitrary inside the face."""
    left: int
    """Pixels from the text's origin to the masks' first column."""
    top: int
    """Pixels from the text's origin to the masks' first row."""
    colors: Colors | None = None
    """Coloured pictures (emoji), same height and width; None where there are none."""


def assemble(masks: Sequence[tuple[TextMask, int, int]]) -> TextMask:
    """One mask of many, each at its own left and top; where they overlap, the higher value wins."""
    if not masks:
        empty = np.zeros((0, 0), np.uint8)
        return TextMask(empty, empty, 0, 0)
    left = min(x for _, x, _ in masks)
    top = min(y for _, _, y in masks)
    right = max(x + mask.fill.shape[1] for mask, x, _ in masks)
    bottom = max(y + mask.fill.shape[0] for mask, _, y in masks)
    fill, outline = np.zeros((2, bottom - top, right - left), np.uint8)
    colors = None
    if any(mask.colors is not None for mask, _, _ in masks):
        colors = np.zeros((*fill.shape, 4), np.uint8)
    for mask, x, y in masks:
        height, width = mask.fill.shape
        box = np.s_[y - top : y - top + height, x - left : x - left + width]
        np.maximum(fill[box], mask.fill, out=fill[box])
        np.maximum(outline[box], mask.outline, out=outline[box])
        if colors is not None and mask.colors is not None:
            denser = mask.colors[..., 3] > colors[box][..., 3]
            colors[box][denser] = mask.colors[denser]
    if colors is not None:
        np.minimum(fill, 255 - colors[..., 3], out=fill)
    return TextMask(fill, outline, left, top, colors)


def squeeze(mask: TextMask, sample_aspect: float) -> TextMask:
    """``mask`` made narrower for pixels that are ``sample_aspect`` times as wide as high.

    The result begins at a whole pixel; its columns are resampled with the fraction that this
    moves them by.
    """
    if sample_aspect == 1 or mask.fill.size == 0:
        return mask
    height, width = mask.fill.shape
    narrow = max(1, round(width / sample_aspect))
    left = round(mask.left / sample_aspect)
    start = left * sample_aspect - mask.left
    margin = math.ceil(sample_aspect)  # more than half a squeezed pixel on either side
    box = (margin + start, 0, margin + start + narrow * sample_aspect, height)

    def resized(plane: UInt8s) -> UInt8s:
        sides = [(0, 0), (margin, margin)] + [(0, 0)] * (plane.ndim - 2)
        image = Image.fromarray(np.pad(plane, sides))
        return np.asarray(image.resize((narrow, height), Image.Resampling.BICUBIC, box))

    colors = None if mask.colors is None else resized(mask.colors)
    return TextMask(resized(mask.fill), resized(mask.outline), left, mask.top, colors)
