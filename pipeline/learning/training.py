"""The training loop, whatever is learned; ``Task`` says what is."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec
import torch
from torch import Tensor, nn

from pipeline.learning.checkpoint import Checkpoint, prefixed, without_prefix
from pipeline.learning.curves import Curves
from pipeline.learning.epoch import Epoch
from pipeline.learning.optimization import Optimizer, Recipe, WeightAverage
from pipeline.learning.settings import Schedule
from pipeline.learning.task import Batch, Part, Place, Plan, Task
from pipeline.learning.team import Team
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.logs import log
from pipeline.runtime.prefetch import prefetch
from pipeline.runtime.progress import track

_BATCHES_AHEAD = 2  # that are made ready while one is learned from
_SECONDS_BETWEEN_POINTS = 5.0  # of the curves
_SECONDS_BETWEEN_CHECKPOINTS = 60.0
_EXPLODED = 1e6
"""No loss that is a mean over words or pictures comes near this and comes back."""

Result = TypeVar("Result")


class Progress(msgspec.Struct):
    """How far an unfinished epoch has come."""

    steps: int = 0
    losses: dict[str, list[float]] = {}
    """Sums of the reported losses, of each network."""
    units: int = 0
    learned: dict[str, int] = {}
    """Units of the steps in which each network learned."""
    seconds: float = 0.0


class Training(Generic[Plan, Part]):
    """A task on its way from fresh networks to trained ones.

    The result is a function of the task and the schedule. However many processes share the work,
    each step is the one that a single process would take, except for rounding.
    """

    def __init__(
        self,
        task: Task[Plan, Part],
        schedule: Schedule,
        team: Team,
        *,
        recipes: Mapping[str, Recipe] | None = None,
        bfloat16: bool = False,
    ) -> None:
        """Move the task's networks to the team's device; ``bfloat16`` computes by autocast.

        Each network learns by its one of the ``recipes``, or all by that of the schedule.
        """
        self.task = task
        self.history: list[Epoch] = []
        self.progress = Progress()
        self._schedule, self._team, self._bfloat16 = schedule, team, bfloat16
        self._networks = nn.ModuleDict(dict(task.networks)).to(team.device)
        by_itself = Recipe.of(schedule)
        self._recipes = {n: recipes[n] if recipes else by_itself for n in task.networks}
        self._optimizers = {n: Optimizer(task.networks[n], r) for n, r in self._recipes.items()}
        self._averages = {
            name: WeightAverage(task.networks[name].parameters(), recipe.average)
            for name, recipe in self._recipes.items()
            if recipe.average
        }
        self._best = _copied(self._networks.state_dict())
        # Summed on the device: reading a number from a GPU would wait for it in every step.
        self._sums = {name: self._zeros(recipe) for name, recipe in self._recipes.items()}

    def run(
        self, folder: Path, key: str, after_epoch: Callable[[int], object] = lambda epoch: None
    ) -> Checkpoint:
        """Train until ``finished``, and give the networks the weights of the best epoch.

        A checkpoint in ``folder`` of the same ``key`` is continued, exactly. The leading process
        writes one now and then, to be removed by the caller once the result is safe, and curves
        to ``logs/tensorboard``. It calls ``after_epoch`` with the number of each, as ``measure``
        does, while the networks have the weights that were measured.

        Raises PipelineError DIVERGED where a loss explodes or is no number.
        """
        checkpoint = Checkpoint(folder / ".checkpoint.safetensors", key)
        if self.resume(checkpoint):
            log.info("going on at epoch %d, step %d", *self.position)
        curves = Curves(folder / "logs" / "tensorboard", self.steps) if self._team.leads else None
        point, save = _Every(_SECONDS_BETWEEN_POINTS), _Every(_SECONDS_BETWEEN_CHECKPOINTS)

        def after_step() -> None:
            if point.due():
                losses = self._sane(self.mean_losses)
                if curves:
                    curves.add(self.steps, _named("train", losses))
            if curves and save.due():
                self._sane(self.mean_losses)
                self.save(checkpoint)

        while not self.finished:
            epoch = self.run_epoch(after_step, after_epoch if curves else lambda epoch: None)
            if curves:
                speed = epoch.units / epoch.seconds
                points = _named("train", epoch.train) | _named("dev", epoch.held_out)
                curves.add(self.steps, points | {"units_per_second": speed})
                curves.flush()
                self.save(checkpoint)
            log.debug("epoch %d: %s", len(self.history), _line(epoch))
            log.info("%s", self._progress_line(epoch))
        self.use_best()
        return checkpoint

    def run_epoch(
        self,
        after_step: Callable[[], object] = lambda: None,
        after_epoch: Callable[[int], object] = lambda epoch: None,
    ) -> Epoch:
        """Pass over the training examples once, from where it was interrupted, and measure."""
        number = len(self.history) + 1
        plans = self.task.plan(number)
        remaining = plans[self.progress.steps :]
        # Batches are made ahead by a thread while the device is busy with one.
        batches: Iterator[Batch[Part]] = prefetch(map(self.task.batch, remaining), _BATCHES_AHEAD)
        self._networks.train()
        started, before = time.monotonic(), self.progress.seconds
        for batch in track(batches, len(remaining), f"epoch {number}", "steps"):
            share = (number - 1 + self.progress.steps / len(plans)) / self._schedule.epochs
            self._step(batch, Place(number, self.progress.steps), share)
            self.progress.steps += 1
            self.progress.units += batch.units
            self.progress.seconds = before + time.monotonic() - started
            after_step()
        self._sane(self.mean_losses)
        with ExitStack() as averages:
            for average in self._averages.values():
                averages.enter_context(average.in_use())
            self._finish_epoch(self._sane(self.measure(self.task.evaluate)))
            self.measure(lambda: after_epoch(number))
        return self.history[-1]

    def _step(self, batch: Batch[Part], place: Place, share: float) -> None:
        """Let every network whose turn it is learn from one batch."""
        steps = self.steps
        for name, recipe in self._recipes.items():
            if not recipe.learns_after(steps):
                continue
            optimizer = self._optimizers[name]
            optimizer.zero_grad()
            reported = self._zeros(recipe)
            if batch.part is not None:
                with self._autocast():
                    loss = self.task.loss(name, batch.part, place)
                # Divided by the units of the whole batch, so that gradients of all processes'
                # parts sum to that of the mean.
                (loss.total / batch.units).backward()  # type: ignore[no-untyped-call]
                reported += loss.reported.detach()
            optimizer.step(self._team, reported, share)
            self._sums[name] += reported
            learned = self.progress.learned
            learned[name] = learned.get(name, 0) + batch.units
            if name in self._averages:
                self._averages[name].update(steps // recipe.every)

    def _sane(self, losses: dict[str, float]) -> dict[str, float]:
        """The same; raises PipelineError DIVERGED where one explodes or is no number."""
        for name, value in losses.items():
            if not math.isfinite(value) or abs(value) > _EXPLODED:
                epoch, step = self.position
                raise PipelineError(
                    ExitCode.DIVERGED,
                    f"training diverged: “{name}” is {value:.3g} in epoch {epoch}, by step"
                    f" {step - 1}",
                    "Lower the learning rate, or train with `precision: float32`",
                )
        return losses

    def _finish_epoch(self, dev: dict[str, float]) -> None:
        """Note an epoch, and keep the networks' weights, if it is the best."""
        progress = self.progress
        self.history.append(
            Epoch(self.mean_losses, dev, progress.seconds, progress.steps, progress.units)
        )
        self.progress = Progress()
        for total in self._sums.values():
            total.zero_()
        if self.best_epoch == len(self.history):
            self._best = _copied(self._networks.state_dict())

    def measure(self, evaluate: Callable[[], Result]) -> Result:
        """Call ``evaluate`` in evaluation mode, without gradients, in the run's precision."""
        self._networks.eval()
        with torch.inference_mode(), self._autocast():
            return evaluate()

    @property
    def best_epoch(self) -> int:
        """The epoch with the lowest criterion so far, from 1; 0 before the first.

        Without a criterion it is the last one.
        """
        if self.task.criterion is None:
            return len(self.history)
        values = [epoch.held_out[self.task.criterion] for epoch in self.history]
        return 1 + values.index(min(values)) if values else 0

    @property
    def finished(self) -> bool:
        """Whether the epochs are used up, or the last ones brought nothing better."""
        done = len(self.history)
        return done >= self._schedule.epochs or done - self.best_epoch >= self._schedule.patience

    @property
    def position(self) -> tuple[int, int]:
        """The epoch and the step that come next, from 1."""
        return len(self.history) + 1, self.progress.steps + 1

    @property
    def steps(self) -> int:
        """Steps taken so far, of all epochs."""
        return sum(epoch.steps for epoch in self.history) + self.progress.steps

    @property
    def mean_losses(self) -> dict[str, float]:
        """The mean reported losses a unit in the unfinished epoch so far; see ``Epoch.train``."""
        return {
            name: value / max(1, self.progress.learned.get(network, 0))
            for network, total in self._sums.items()
            for name, value in zip(
                [f"{network}/{loss}" for loss in self._recipes[network].losses] or [network],
                total.flatten().tolist(),
                strict=True,
            )
        }

    def use_best(self) -> None:
        """Give the networks the weights of the best epoch."""
        self._networks.load_state_dict(self._best)

    def save(self, checkpoint: Checkpoint) -> None:
        """Write all that ``resume`` needs to go on exactly, also amid an epoch."""
        tensors = prefixed("now", self._networks.state_dict()) | prefixed("best", self._best)
        for name, average in self._averages.items():
            tensors |= prefixed(f"average.{name}", average.tensors())
        for name, optimizer in self._optimizers.items():
            tensors |= prefixed(f"adam.{name}", optimizer.tensors())
        losses = {name: total.flatten().tolist() for name, total in self._sums.items()}
        progress = msgspec.structs.replace(self.progress, losses=losses)
        checkpoint.save(
            tensors,
            {
                "history": msgspec.json.encode(self.history).decode(),
                "progress": msgspec.json.encode(progress).decode(),
            },
        )

    def resume(self, checkpoint: Checkpoint) -> bool:
        """Go on from a checkpoint; False where there is none of its key."""
        loaded = checkpoint.load(self._team.device)
        if loaded is None:
            return False
        tensors, words = loaded
        self.history = msgspec.json.decode(words["history"], type=list[Epoch])
        self.progress = msgspec.json.decode(words["progress"], type=Progress)
        for name, total in self._sums.items():
            losses = self.progress.losses[name]
            total.copy_(torch.tensor(losses, dtype=total.dtype).view(total.shape))
        self._networks.load_state_dict(without_prefix("now", tensors))
        self._best = without_prefix("best", tensors)
        for name, average in self._averages.items():
            average.restore(without_prefix(f"average.{name}", tensors))
        for name, optimizer in self._optimizers.items():
            optimizer.restore(without_prefix(f"adam.{name}", tensors))
        return True

    def _progress_line(self, epoch: Epoch) -> str:
        """``epoch 3 of at most 20 (5 s): the best so far``."""
        done = len(self.history)
        if self.task.criterion is None:
            return f"epoch {done} of {self._schedule.epochs} ({epoch.seconds:.0f} s)"
        verdict = "the best so far" if self.best_epoch == done else f"{self.best_epoch} was better"
        return f"epoch {done} of at most {self._schedule.epochs} ({epoch.seconds:.0f} s): {verdict}"

    def _autocast(self) -> AbstractContextManager[Any]:
        if not self._bfloat16:
            return nullcontext()
        return torch.autocast(self._team.device.type, torch.bfloat16)

    def _zeros(self, recipe: Recipe) -> Tensor:
        """A sum of each loss that a network reports."""
        shape = (len(recipe.losses),) if recipe.losses else ()
        return torch.zeros(shape, dtype=torch.float64, device=self._team.device)


class _Every:
    """Becomes due again and again, so many seconds after it was last."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._last = seconds, time.monotonic()

    def due(self) -> bool:
        """Whether the time has come; it then starts anew."""
        now = time.monotonic()
        if now - self._last < self._seconds:
            return False
        self._last = now
        return True


def _named(group: str, values: dict[str, float]) -> dict[str, float]:
    return {f"{group}/{name}": value for name, value in values.items()}


def _line(epoch: Epoch) -> str:
    """One log line: ``train captioner 3.412; dev nll 3.500, … (1.2 s, 900 units/s)``."""
    parts = (
        f"{group} " + ", ".join(f"{name} {value:.3f}" for name, value in values.items())
        for group, values in (("train", epoch.train), ("dev", epoch.held_out))
    )
    speed = epoch.units / epoch.seconds
    return f"{'; '.join(parts)} ({epoch.seconds:.1f} s, {speed:.0f} units/s)"


def _copied(state: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in state.items()}
