"""Dropout as masks that are drawn once for all words of a caption (Gal & Ghahramani 2016)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor


class DropoutMasks(NamedTuple):
    """Factors: zero where dropout drops, else 1 / (1 - share)."""

    picture: Tensor
    """(u, d) over the channels of projected pictures."""
    word: Tensor
    """(n, d) over the embeddings of the words read."""
    hidden: Tensor
    """(n, d) over the state from which words are predicted."""


def draw_masks(
    share: float, shape: tuple[int, int, int], seed: list[int], device: torch.device
) -> DropoutMasks | None:
    """Masks that drop a ``share``, for ``shape`` = (pictures, captions, size); None for no share.

    They are a function of ``seed``, drawn on the CPU, and so the same on every device and however
    a batch is divided among processes.
    """
    if not share:
        return None
    pictures, captions, size = shape
    state = np.random.SeedSequence(seed).generate_state(1, np.uint64)
    generator = torch.Generator().manual_seed(int(state[0]))
    counts = [pictures, captions, captions]
    kept = torch.rand(sum(counts), size, generator=generator) >= share
    scaled = (kept / (1 - share)).to(device)
    return DropoutMasks(*torch.split(scaled, counts))
