"""The settings of a training run, whatever is trained; apart from torch, for stages to declare."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class Schedule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long and how fast to learn."""

    batch: Annotated[int, Meta(ge=1)] = 256
    """Examples a step, of all processes together."""
    epochs: Annotated[int, Meta(ge=1)] = 30
    """At most."""
    patience: Annotated[int, Meta(ge=1)] = 5
    """Epochs without a better held-out measure before training stops."""
    learning_rate: Annotated[float, Meta(gt=0, le=1)] = 1e-3
    weight_decay: Annotated[float, Meta(ge=0)] = 0.01
    average: bool = True
    """Whether the weights that are measured and kept are an average over all steps so far, which
    serves examples that were never seen better."""
