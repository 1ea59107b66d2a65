"""Settings of scores; apart from numpy, so that stages can declare them."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

View: TypeAlias = Literal["auto", "crop", "picture", "both"]
"""What a taste looks at; auto takes what is best on unseen examples."""
Best: TypeAlias = Literal["highest", "lowest"]
"""Which end of the scale is the best."""


class FineTuning(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the network itself learns from rated crops, or from pictures if they are rated."""

    epochs: Annotated[int, Meta(ge=0)] = 0
    """0 leaves it as it is, and only a head learns."""
    batch: Annotated[int, Meta(ge=1)] = 16
    learning_rate: Annotated[float, Meta(gt=0, le=1)] = 3e-4
    """It falls to 0 over the second half."""
    weight_decay: Annotated[float, Meta(ge=0)] = 0.01
