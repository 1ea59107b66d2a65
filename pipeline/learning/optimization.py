"""Steps of an optimiser, and the average of the weights over them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import get_ema_multi_avg_fn

from pipeline.learning.settings import Schedule
from pipeline.learning.team import Team

CLIP_NORM = 5.0  # of the gradient; recurrent networks explode now and then
_DECAY = 8  # η of the average, most of which comes from the last ninth of all steps

Keep = Callable[[int], float]
"""The share of an average that stays when the weights after another step, ``int`` being those
before it, are taken in."""


def polynomial(steps: int) -> float:
    """Polynomial decay (Shamir and Zhang 2013).

    Unlike an exponential one it needs no length of a run to be known: it forgets in proportion to
    the steps taken.
    """
    return steps / (steps + 1 + _DECAY)


def exponential(decay: float) -> Keep:
    """Exponential decay; in the first steps it forgets faster, for they are worth little."""
    return lambda steps: min(decay, (1 + steps) / (10 + steps))


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How one network learns."""

    learning_rate: float
    betas: tuple[float, float] = (0.9, 0.999)
    """Adam's."""
    weight_decay: float = 0.0
    clip_norm: float | None = CLIP_NORM
    """Longer gradients are shortened to this."""
    decay_from: float = 1.0
    """The share of a run's steps after which the learning rate falls linearly to 0."""
    every: int = 1
    """It learns in each so many-th step."""
    average: Keep | None = None
    """The weights that are measured and kept are an average over its steps."""
    losses: tuple[str, ...] = ()
    """Names of what its loss reports; none where that is one number."""

    @classmethod
    def of(cls, schedule: Schedule) -> Recipe:
        """That of a network which learns by itself."""
        return cls(
            learning_rate=schedule.learning_rate,
            weight_decay=schedule.weight_decay,
            average=polynomial if schedule.average else None,
        )

    def learns_after(self, steps: int) -> bool:
        """Whether it is the network's turn in the step after so many."""
        return (steps + 1) % self.every == 0

    def rate_at(self, share: float) -> float:
        """The learning rate after that ``share`` of the run's steps."""
        left = 1 - share
        if share <= self.decay_from or self.decay_from >= 1:
            return self.learning_rate
        return self.learning_rate * left / (1 - self.decay_from)


class Optimizer:
    """AdamW over one network, with gradients that are summed over all processes."""

    def __init__(self, network: nn.Module, recipe: Recipe) -> None:
        self._recipe = recipe
        self._parameters = [p for p in network.parameters() if p.requires_grad]
        for parameter in self._parameters:
            # Also where a batch does not use it, so that all processes sum the same tensors.
            parameter.grad = torch.zeros_like(parameter)
        self._adam = torch.optim.AdamW(
            self._parameters,
            recipe.learning_rate,
            recipe.betas,
            weight_decay=recipe.weight_decay,
            fused=True,
        )

    def zero_grad(self) -> None:
        """Forget all gradients."""
        self._adam.zero_grad(set_to_none=False)

    def step(self, team: Team, loss: Tensor, share: float) -> None:
        """Take a step along the sum of all processes' gradients; ``loss`` is summed likewise.

        ``share`` of the run's steps were taken before.
        """
        team.add_up([loss, *(p.grad for p in self._parameters if p.grad is not None)])
        if self._recipe.clip_norm is not None:
            torch.nn.utils.clip_grad_norm_(self._parameters, self._recipe.clip_norm)
        for group in self._adam.param_groups:
            group["lr"] = self._recipe.rate_at(share)
        self._adam.step()

    def tensors(self) -> dict[str, Tensor]:
        """The optimiser's state, to be saved."""
        states = self._adam.state_dict()["state"].items()
        return {
            f"{index}.{name}": tensor for index, state in states for name, tensor in state.items()
        }

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Continue from what ``tensors`` returned."""
        adam = self._adam.state_dict()
        states: dict[int, dict[str, Tensor]] = {i: {} for i in range(len(self._parameters))}
        for key, tensor in tensors.items():
            index, _, name = key.partition(".")
            states[int(index)][name] = _laid_out_as(self._parameters[int(index)], tensor)
        adam["state"] = states
        self._adam.load_state_dict(adam)


class WeightAverage:
    """A running average of parameters."""

    def __init__(self, parameters: Iterable[nn.Parameter], keep: Keep) -> None:
        self._parameters, self._keep = list(parameters), keep
        self._average = [parameter.detach().clone() for parameter in self._parameters]

    @torch.no_grad()
    def update(self, steps: int) -> None:
        """Take in the weights after a step, ``steps`` being those before it."""
        update = get_ema_multi_avg_fn(self._keep(steps))  # type: ignore[no-untyped-call]
        update(self._average, self._parameters, None)

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Within the block the networks have the average weights."""
        self._exchange()
        try:
            yield
        finally:
            self._exchange()

    def _exchange(self) -> None:
        for parameter, average in zip(self._parameters, self._average, strict=True):
            parameter.data, average.data = average.data, parameter.data

    def tensors(self) -> dict[str, Tensor]:
        """The averages, to be saved."""
        return {str(index): tensor for index, tensor in enumerate(self._average)}

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Continue from what ``tensors`` returned."""
        self._average = [
            _laid_out_as(parameter, tensors[str(index)])
            for index, parameter in enumerate(self._parameters)
        ]


def _laid_out_as(parameter: Tensor, tensor: Tensor) -> Tensor:
    """The same values in the memory format of a parameter, if they belong to its elements.

    Fused steps go through both in the order of memory, and files keep one order alone.
    """
    if tensor.shape != parameter.shape:
        return tensor
    return torch.empty_like(parameter, dtype=tensor.dtype, requires_grad=False).copy_(tensor)
