"""Against flicker: a translation changes only where the video does; and how much one flickers.

h, w  height and width of reduced pictures
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from pipeline.media.pixels import Picture
from pipeline.runtime.arrays import Bools, Float32s

BLOCK = 8
"""Pixels of the side of a block."""
STILL = 3.0
"""Grey levels by which the pixels of a block may change on average, while it counts as still."""


class Steady:
    """Keeps what was added to a block for as long as the video shows the same there.

    A block is compared with the picture for which it was last translated, so that slow changes
    add up. Edges between kept and new blocks are soft.
    """

    def __init__(self) -> None:
        self._seen: Float32s | None = None
        self._change: Float32s | None = None

    def scene_begins(self) -> None:
        """Forget what was before."""
        self._seen = self._change = None

    def __call__(self, seen: Picture, change: Float32s) -> Float32s:
        """The change (h, w, 3) to be added to the next picture ``seen`` (h, w, 3)."""
        now = seen.astype(np.float32)
        if self._seen is None or self._change is None:
            self._seen, self._change = now, change
            return change
        share = _soft(~still_pixels(self._seen, now))[..., None]
        self._change = self._change + share * (change - self._change)
        self._seen = np.where(share > 0.5, now, self._seen)
        return self._change


@dataclass(frozen=True)
class Flicker:
    """How much still parts of pictures change, in grey levels summed over their pixels."""

    translated: float = 0.0
    source: float = 0.0
    pixels: int = 0

    def __add__(self, other: Flicker) -> Flicker:
        return Flicker(
            self.translated + other.translated,
            self.source + other.source,
            self.pixels + other.pixels,
        )

    @property
    def over_source(self) -> float | None:
        """The translation's over the video's own; None where that does not change at all."""
        return self.translated / self.source if self.source else None


def flicker(before: Picture, after: Picture, change_before: Float32s, change: Float32s) -> Flicker:
    """Of a translation from one reduced picture to the next; both are (h, w, 3)."""
    one, two = before.astype(np.float32), after.astype(np.float32)
    still = still_pixels(one, two)
    shown = [
        (picture + added).clip(0, 255) for picture, added in ((one, change_before), (two, change))
    ]
    moved = np.abs(shown[1] - shown[0]).mean(-1)[still].sum()
    return Flicker(float(moved), float(np.abs(two - one).mean(-1)[still].sum()), int(still.sum()))


def still_pixels(before: Float32s, after: Float32s) -> Bools:
    """(h, w) whether each pixel lies in a block that does not change."""
    difference = np.abs(after - before).mean(-1)
    h, w = difference.shape
    rows, columns = range(0, h, BLOCK), range(0, w, BLOCK)
    sums = np.add.reduceat(np.add.reduceat(difference, rows, 0), columns, 1)
    counts = np.outer(np.diff([*rows, h]), np.diff([*columns, w]))
    still = sums / counts <= STILL
    return np.repeat(np.repeat(still, BLOCK, 0), BLOCK, 1)[:h, :w]


def _soft(mask: Bools) -> Float32s:
    """The mask as shares that fall off over half a block outside of it."""
    image = Image.fromarray(mask.astype(np.float32))
    h, w = mask.shape
    small = image.resize((-(-w // BLOCK) * 2, -(-h // BLOCK) * 2), Image.Resampling.BOX)
    shares = np.asarray(small.resize((w, h), Image.Resampling.BILINEAR), np.float32)
    return np.maximum(shares, mask.astype(np.float32))
