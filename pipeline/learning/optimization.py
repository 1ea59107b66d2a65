"""Steps of an optimiser, and the average of the weights over them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import get_ema_multi_avg_fn

from pipeline.learning.settings import Schedule
from pipeline.learning.team import Team

CLIP_NORM = 5.0  # of the gradient; recurrent networks explode now and then
_DECAY = 8  # η of the average, most of which comes from the last ninth of all steps


class Optimizer:
    """AdamW over one network, with clipped gradients that are summed over all processes."""

    def __init__(self, network: nn.Module, schedule: Schedule) -> None:
        self._parameters = [p for p in network.parameters() if p.requires_grad]
        for parameter in self._parameters:
            # Also where a batch does not use it, so that all processes sum the same tensors.
            parameter.grad = torch.zeros_like(parameter)
        self._adam = torch.optim.AdamW(
            self._parameters,
            schedule.learning_rate,
            weight_decay=schedule.weight_decay,
            fused=True,
        )

    def zero_grad(self) -> None:
        """Forget all gradients."""
        self._adam.zero_grad(set_to_none=False)

    def step(self, team: Team, loss: Tensor) -> None:
        """Take a step along the sum of all processes' gradients; ``loss`` is summed likewise."""
        team.add_up([loss, *(p.grad for p in self._parameters if p.grad is not None)])
        torch.nn.utils.clip_grad_norm_(self._parameters, CLIP_NORM)
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
            states[int(index)][name] = tensor
        adam["state"] = states
        self._adam.load_state_dict(adam)


class WeightAverage:
    """A running average of parameters by polynomial decay (Shamir and Zhang 2013).

    Unlike an exponential one it needs no length of a run to be known: it forgets in proportion to
    the steps taken.
    """

    def __init__(self, parameters: Iterable[nn.Parameter]) -> None:
        self._parameters = list(parameters)
        self._average = [parameter.detach().clone() for parameter in self._parameters]

    @torch.no_grad()
    def update(self, steps: int) -> None:
        """Take in the weights after a step, ``steps`` being those before it."""
        if self._parameters:
            keep = steps / (steps + 1 + _DECAY)
            update = get_ema_multi_avg_fn(keep)  # type: ignore[no-untyped-call]
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
        self._average = [tensors[str(index)] for index in range(len(self._parameters))]
