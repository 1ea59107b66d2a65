"""The interface of a task of the training loop: its networks, batches, losses and measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, Protocol, TypeVar

from torch import Tensor, nn

Plan = TypeVar("Plan")
"""What decides a batch before it is made: the rows of its examples, say."""
Part = TypeVar("Part")
"""What one process works on of a batch."""


class Place(NamedTuple):
    """A step of a run; randomness that is drawn from (seed, epoch, step) survives a resume."""

    epoch: int
    """From 1."""
    step: int
    """Within the epoch, from 0."""


@dataclass(frozen=True)
class Batch(Generic[Part]):
    """One step's worth of examples."""

    part: Part | None
    """What this process works on; None where there is too little for all processes."""
    units: int
    """What losses are means over (words, pictures, …): their number in the whole batch."""


class Loss(NamedTuple):
    """The loss of a part of a batch, summed over its units."""

    total: Tensor
    """To be differentiated; a scalar."""
    reported: Tensor
    """What is written down and drawn: ``total`` without penalties, say; a scalar, or (losses,)
    where the network's recipe names several."""


class Task(Protocol[Plan, Part]):
    """Something to learn.

    Every process of a team calls every method with the same arguments, in the same order, except
    that a process without a part of a batch does not call ``loss``.
    """

    @property
    def networks(self) -> Mapping[str, nn.Module]:
        """What is trained, by name.

        Each network has an optimiser of its own; in each step those whose turn it is learn one
        after the other, in this order. Most tasks have one network, adversarial ones several.
        """

    @property
    def criterion(self) -> str | None:
        """The measure whose lowest value is the best epoch's.

        None for a run of fixed length whose last epoch is kept: the losses of adversaries say
        nothing of how good they are.
        """

    def plan(self, epoch: int) -> Sequence[Plan]:
        """The batches of an epoch, in order; a function of ``epoch`` (and the task's own seed)."""

    def batch(self, plan: Plan) -> Batch[Part]:
        """Make a batch; called in a thread, some batches ahead."""

    def loss(self, network: str, part: Part, place: Place) -> Loss:
        """The loss by which ``network`` learns from a part of a batch."""

    def evaluate(self) -> dict[str, float]:
        """Measures of the networks on held-out examples, the ``criterion`` among them.

        Called in evaluation mode and without gradients.
        """
