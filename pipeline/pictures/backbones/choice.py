"""The network that the settings choose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.learning.precision import Precision
from pipeline.pictures.backbones.preprocessing import Normalization


class Choice(NamedTuple):
    """Which network, which weights, which of its layers, for which pictures."""

    name: str
    """``efficientnet_lite0``, ``timm:NAME``, a classifier of torchvision, or the path of an
    ``.onnx`` file."""
    weights: str
    """``imagenet``, ``random``, the name of a set of weights, or a path; nothing for ONNX files."""
    taps: Sequence[str]
    size: int
    """The side of a picture in pixels."""
    seed: int = 0
    """For random weights."""
    precision: Precision = "auto"
    normalization: Normalization | None = None
    """Replaces the one that belongs to the weights; an ONNX file has none."""

    @property
    def is_onnx(self) -> bool:
        """Whether the network is an ONNX file."""
        return self.name.endswith(".onnx")
