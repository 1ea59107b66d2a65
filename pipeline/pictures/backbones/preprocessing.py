"""Normalisation of pictures to what a network was trained on."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

_Positive = Annotated[float, Meta(gt=0)]


class Normalization(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The mean that is subtracted from RGB values of 0–1, and the deviation that divides them."""

    mean: tuple[float, float, float]
    std: tuple[_Positive, _Positive, _Positive]

    def __str__(self) -> str:
        mean, std = (" ".join(f"{value:g}" for value in three) for three in (self.mean, self.std))
        return f"RGB 0-1, less {mean}, over {std}"
