"""Pieces of pictures, varied, to learn from: by torchvision's transforms."""

from __future__ import annotations

import importlib
from typing import NamedTuple

import torch
from torch import Tensor

from pipeline.faces.detection.settings import AugmentationSettings
from pipeline.pictures.backbones.torchvision_on_cpu import tv_tensors

_v2 = importlib.import_module("torchvision.transforms.v2")  # once the above has made it loadable
_GREY = 127
"""Around pictures that are smaller than a piece."""
_LEAST = 4
"""Pixels: what a cut leaves of a face and is narrower does not count."""


class Piece(NamedTuple):
    """What is seen of a picture."""

    picture: Tensor
    """(3, side, side) uint8"""
    boxes: Tensor
    """(n, 4) float32, in its pixels"""


class Augmentation:
    """A random piece of a picture, by the seed of its call alone."""

    def __init__(self, settings: AugmentationSettings, size: int) -> None:
        """``size`` is the longer side of the pictures that the network sees."""
        self.side = max(64, size * 3 // 4)
        colours = [_v2.RandomPhotometricDistort(p=0.5)] if settings.colours else []
        self._vary = _v2.Compose(
            [
                _v2.RandomHorizontalFlip(0.5 * settings.flip),
                *colours,
                _v2.ScaleJitter((size, size), (settings.smallest, settings.largest)),
                _v2.RandomCrop((self.side, self.side), pad_if_needed=True, fill=_GREY),
                _v2.ClampBoundingBoxes(),
                _v2.SanitizeBoundingBoxes(min_size=_LEAST, labels_getter=None),
            ]
        )

    def __call__(self, picture: Tensor, boxes: Tensor, seed: int) -> Piece:
        """A piece of a picture (3, h, w) uint8 with ``boxes`` (n, 4)."""
        height, width = picture.shape[1:]
        placed = tv_tensors.BoundingBoxes(boxes, format="XYXY", canvas_size=(height, width))
        image = tv_tensors.Image(picture)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            image, placed = self._vary(image, placed)
        return Piece(image.as_subclass(Tensor), placed.as_subclass(Tensor).float())
