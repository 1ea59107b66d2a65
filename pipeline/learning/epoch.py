"""What is written down of a pass over what is learned from."""

from __future__ import annotations

import msgspec


class Epoch(msgspec.Struct, frozen=True):
    """One pass over the training examples."""

    train: dict[str, float]
    """The mean reported loss a unit, of each network: ``network/loss`` where it has several."""
    held_out: dict[str, float]
    """The task's measures on held-out examples; see ``Task.evaluate``."""
    seconds: float
    steps: int
    units: int
    """Of the task, such as words or pictures, that were learned from."""
