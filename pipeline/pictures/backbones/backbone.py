"""The interface of backbones, and the common form of their taps' values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import torch
from torch import Tensor

from pipeline.runtime.arrays import Float16s, UInt8s
from pipeline.runtime.errors import ExitCode, PipelineError

_MAX_FLOAT16 = torch.finfo(torch.float16).max


class Backbone(Protocol):
    """A network that turns pictures into the values of its taps."""

    name: str
    weights: str
    """What was loaded, such as ``imagenet vgg19-dcbb9e9d``, ``random seed N``, or a file's name
    and digest."""
    preprocessing: str
    """How pictures are prepared, in words."""
    precision: str
    """Type and device of the computation, such as ``float32 on cpu``; last digits depend on it."""
    shapes: Mapping[str, tuple[int, ...]]
    """A picture's shape by tap: (p, c) for a grid, (c,) for a vector."""
    batch: int
    """Pictures in one call, as suits the machine."""
    workers: int
    """How many threads may call it at once to be faster."""

    def __call__(self, pictures: UInt8s) -> dict[str, Float16s]:
        """Map (n, s, s, 3) RGB pictures to (n, p, c) or (n, c) values for each tap."""


def as_rows(tap: str, values: Tensor, prefix_tokens: int = 0) -> Tensor:
    """(n, c, h, w) and (n, h, w, c) → (n, h · w, c); (n, c, 1, 1) → (n, c); all as float16.

    Values of two dimensions keep their shape, and of three, which are tokens, the first
    ``prefix_tokens`` are left out. Grids are square, as pictures are, which shows where the
    channels are. Raises PipelineError INVALID_SETTING for other shapes.
    """
    if values.ndim not in (2, 3, 4):
        raise PipelineError(
            ExitCode.INVALID_SETTING,
            f"features.taps: {tap} gives values of shape {tuple(values.shape)}",
            "Choose one of 2, 3 or 4 dimensions: a vector, tokens or a grid for each picture",
        )
    if values.ndim == 3:
        values = values[:, prefix_tokens:]
    if values.ndim == 4:
        channels_last = values.shape[1] == values.shape[2] != values.shape[3]
        values = values.flatten(1, 2) if channels_last else values.flatten(2).transpose(1, 2)
        if values.shape[1] == 1:
            values = values[:, 0]
    return values.clamp(-_MAX_FLOAT16, _MAX_FLOAT16).half().contiguous()
