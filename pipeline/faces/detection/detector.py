"""The interface of detectors."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np

from pipeline.faces.detection.overlaps import NO_BOXES, distinct, within
from pipeline.media.pixels import Picture
from pipeline.runtime.arrays import Float32s


class Found(NamedTuple):
    """Boxes on one picture."""

    boxes: Float32s
    """(n, 4) left, top, right and bottom in pixels, as distances from the picture's corner."""
    probabilities: Float32s
    """(n,)"""

    @classmethod
    def nothing(cls) -> Found:
        """No box."""
        return cls(NO_BOXES, np.zeros(0, np.float32))

    def cleaned(self, picture: Picture, least: float, most_overlap: float) -> Found:
        """Boxes within the picture, at least ``least`` pixels wide and high, each thing once.

        The most probable come first.
        """
        height, width = picture.shape[:2]
        boxes = within(self.boxes, width, height)
        large = np.minimum(*(boxes[:, 2:] - boxes[:, :2]).T) >= max(least, 1)
        boxes, probabilities = boxes[large], self.probabilities[large]
        kept = distinct(boxes, probabilities, most_overlap)
        return Found(boxes[kept], probabilities[kept])


class Detector(Protocol):
    """Finds faces on one picture after the other; threads may call it at once."""

    name: str
    """With the digest of its weights."""

    def __call__(self, picture: Picture) -> Found:
        """What it finds on a picture (height, width, 3) RGB, in any order, however improbable."""
