"""A task that is no captioner: a line through points, or two networks that know nothing of it."""

import math
from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn

from pipeline.learning.optimization import Recipe, exponential
from pipeline.learning.task import Batch, Loss, Place
from pipeline.learning.team import Team

COUNT, BATCH = 50, 8
Rows = list[int]


class LineTask:
    """Learn y = 3 x + 1 from noisy points, with a little noise of its own at each step."""

    criterion = "error"

    def __init__(self, team: Team, errors: list[float] | None = None) -> None:
        """``errors`` are the measures of the epochs, in place of true ones."""
        torch.manual_seed(0)
        self.line = nn.Linear(1, 1)
        self.networks: Mapping[str, nn.Module] = {"line": self.line}
        self.places: list[Place] = []
        self._team = team
        draws = np.random.default_rng(1)
        self._x = torch.from_numpy(draws.uniform(-1, 1, (COUNT, 1)).astype(np.float32))
        noise = draws.normal(0, 0.1, (COUNT, 1)).astype(np.float32)
        self._y = 3 * self._x + 1 + torch.from_numpy(noise)
        self._errors = iter(errors or [])
        self._given = errors is not None

    def plan(self, epoch: int) -> list[Rows]:
        order = np.random.default_rng([7, epoch]).permutation(COUNT)
        return [part.tolist() for part in np.split(order, range(BATCH, COUNT, BATCH))]

    def batch(self, plan: Rows) -> Batch[Tensor]:
        ours = torch.tensor(plan[self._team.rank :: self._team.size], dtype=torch.long)
        return Batch(ours if len(ours) else None, len(plan))

    def loss(self, network: str, part: Tensor, place: Place) -> Loss:
        self.places.append(place)
        jitter = np.random.default_rng([7, *place]).normal(0, 0.01)
        squares = ((self._predicted(network, self._x[part]) + jitter - self._y[part]) ** 2).sum()
        return Loss(squares + 0.001 * self.line.weight.abs().sum() * len(part), squares)

    def evaluate(self) -> dict[str, float]:
        error = ((self._predicted("line", self._x) - self._y) ** 2).mean().item()
        return {"error": next(self._errors) if self._given else error, "slope": self.slope}

    @property
    def slope(self) -> float:
        return self.line.weight.item()

    def _predicted(self, network: str, x: Tensor) -> Tensor:
        predicted: Tensor = self.line(x)
        return predicted


class RivalsTask(LineTask):
    """Two networks with losses of their own: a line, and a critic that learns from its errors."""

    def __init__(self, team: Team) -> None:
        super().__init__(team)
        self.critic = nn.Linear(1, 1)
        self.networks = {"line": self.line, "critic": self.critic}

    def loss(self, network: str, part: Tensor, place: Place) -> Loss:
        if network == "line":
            return super().loss(network, part, place)
        error = self.line(self._x[part]) - self._y[part]  # not detached: the line has a gradient
        squares = ((self.critic(self._x[part]) - error) ** 2).sum()
        return Loss(squares, squares)


class DuelTask(RivalsTask):
    """The critic learns in each step and reports two losses, the line in each third."""

    criterion = None  # type: ignore[assignment]
    recipes: Mapping[str, Recipe] = {
        "critic": Recipe(
            learning_rate=0.05, betas=(0.5, 0.999), clip_norm=None, losses=("squares", "count")
        ),
        "line": Recipe(learning_rate=0.05, every=3, decay_from=0.5, average=exponential(0.9)),
    }

    def __init__(self, team: Team, diverges_at: int | None = None) -> None:
        """From step ``diverges_at`` of the first epoch on the critic's loss is no number."""
        super().__init__(team)
        self._diverges_at = diverges_at

    def loss(self, network: str, part: Tensor, place: Place) -> Loss:
        total, reported = super().loss(network, part, place)
        if network == "line":
            return Loss(total, reported)
        if place.step == self._diverges_at:
            total = total * math.nan
        return Loss(total, torch.stack([total.detach(), torch.tensor(float(len(part)))]))
