"""Teach a captioner by maximum likelihood; keep the epoch that is best on held-out comments."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional
from torch.optim.swa_utils import get_ema_multi_avg_fn

from pipeline.captioning.captioner import Captioner, draw_masks
from pipeline.captioning.dataset import Batch, CommentSet, Pages
from pipeline.captioning.prompt import Masks
from pipeline.captioning.training_record import Epoch
from pipeline.learning.team import Team
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.runtime.atomic_files import published
from pipeline.runtime.prefetch import prefetch
from pipeline.runtime.progress import track

CLIP_NORM = 5.0  # of the gradient; LSTMs explode now and then
_LOOKS_WEIGHT = 0.1  # of the looks' loss in nats against the words'; they are easily learned
_DECAY = 8  # η of the average, which is mostly of the last ninth of all steps
_AHEAD = 2  # batches made ready while one is learned from


class Nll(NamedTuple):
    """Means over comments, in nats."""

    word: float
    """Of a word, end mark included."""
    looks: float
    """Of place, size and colour of a comment."""


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to learn."""

    batch: int
    """Comments a step, of all processes together."""
    epochs: int
    patience: int
    """Epochs without a better dev NLL before stopping."""
    learning_rate: float
    weight_decay: float
    doubly_stochastic: float
    """How much it costs a comment to neglect positions (λ of Xu et al. 2015, equation 14)."""
    average: bool
    """Whether the weights that are measured and kept are an average over the steps so far."""
    seed: int
    bfloat16: bool


class Progress(msgspec.Struct):
    """How far an unfinished epoch has come."""

    steps: int = 0
    nats: float = 0.0
    words: int = 0
    seconds: float = 0.0


class Trainer:
    """A captioner, its optimiser and its history; a function of data, schedule and seed.

    However many processes share the work, each step is the one that a single process would
    take, but for rounding.
    """

    def __init__(
        self,
        captioner: Captioner,
        train: CommentSet,
        dev: CommentSet,
        bank: FeatureBank,
        schedule: Schedule,
        team: Team,
    ) -> None:
        self.captioner = captioner.to(team.device)
        self.history: list[Epoch] = []
        self.progress = Progress()
        self._train, self._dev, self._bank = train, dev, bank
        self._schedule, self._team = schedule, team
        self._best = _copied(captioner.state_dict())
        self._nats = torch.zeros((), dtype=torch.float64, device=team.device)
        self._parameters = list(captioner.parameters())
        for parameter in self._parameters:
            # Also where a batch leaves it out, so that all processes add up the same.
            parameter.grad = torch.zeros_like(parameter)
        self._average = [p.detach().clone() for p in self._parameters if schedule.average]
        self._optimizer = torch.optim.AdamW(
            self._parameters,
            schedule.learning_rate,
            weight_decay=schedule.weight_decay,
            fused=True,
        )

    @property
    def best_epoch(self) -> int:
        """The epoch with the lowest dev NLL so far, from 1; 0 before the first."""
        nlls = [epoch.dev_nll for epoch in self.history]
        return 1 + nlls.index(min(nlls)) if nlls else 0

    @property
    def finished(self) -> bool:
        """Whether the epochs are used up or the last ones brought nothing."""
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
    def epoch_nll(self) -> float:
        """Mean nats a word of the unfinished epoch so far."""
        return self._nats.item() / max(1, self.progress.words)

    def run_epoch(self, after_step: Callable[[], object] = lambda: None) -> Epoch:
        """Pass over the training comments once, from where it was interrupted, and measure."""
        number = len(self.history) + 1
        # Batches and what is dropped follow from seed, epoch and step alone, so that a resumed
        # run draws what an undisturbed one does.
        draws = np.random.default_rng([self._schedule.seed, number])
        plan = self._train.plan(self._schedule.batch, draws)
        remaining = self._batches(self._train, plan[self.progress.steps :])
        self.captioner.train()
        started, before = time.monotonic(), self.progress.seconds
        steps = len(plan) - self.progress.steps
        for pages, batch in track(remaining, steps, f"epoch {number}", "steps"):
            words = self._train.word_count(pages)
            self._nats += self._step(number, pages, batch, words)
            self.progress.steps += 1
            self.progress.words += words
            self.progress.seconds = before + time.monotonic() - started
            after_step()
        self._exchange_average()
        dev = self.nll(self._dev)
        self.history.append(
            Epoch(
                train_nll=self._nats.item() / self.progress.words,
                dev_nll=dev.word,
                dev_looks_nll=dev.looks,
                seconds=self.progress.seconds,
                steps=self.progress.steps,
                words=self.progress.words,
            )
        )
        self.progress = Progress()
        self._nats.zero_()
        if self.best_epoch == number:
            self._best = _copied(self.captioner.state_dict())
        self._exchange_average()
        return self.history[-1]

    def _batches(
        self, comments: CommentSet, plan: list[Pages]
    ) -> Iterator[tuple[Pages, Batch | None]]:
        """Each batch, of which a thread makes ready what belongs to this process."""
        team = self._team
        made = (
            (pages, comments.batch(pages, self._bank, team.device, team.rank, team.size))
            for pages in plan
        )
        return prefetch(made, _AHEAD)

    def _step(self, epoch: int, pages: Pages, batch: Batch | None, words: int) -> Tensor:
        """Learn from one batch; returns the nats of all its words, of all processes."""
        self._optimizer.zero_grad(set_to_none=False)
        nats = torch.zeros((), dtype=torch.float64, device=self._team.device)
        if batch is not None:
            masks = self._masks(epoch, pages, batch)
            with self._autocast():
                reading = self.captioner.read(batch.prompt, batch.words, masks)
                told = self.captioner.softmax.total(reading.mind, batch.words.truth)
                looks = self._looks_losses(reading.end, batch.looks).sum()
            neglect = ((1 - reading.coverage) ** 2).sum()
            loss = told + _LOOKS_WEIGHT * looks + self._schedule.doubly_stochastic * neglect
            (loss / words).backward()  # type: ignore[no-untyped-call]
            nats += told.detach()
        self._team.add_up([nats, *(p.grad for p in self._parameters if p.grad is not None)])
        torch.nn.utils.clip_grad_norm_(self._parameters, CLIP_NORM)
        self._optimizer.step()
        self._update_average()
        return nats

    @torch.no_grad()
    def _update_average(self) -> None:
        """By polynomial decay (Shamir and Zhang 2013), which suits runs of any length."""
        if self._average:
            keep = self.steps / (self.steps + 1 + _DECAY)
            update = get_ema_multi_avg_fn(keep)  # type: ignore[no-untyped-call]
            update(self._average, self._parameters, None)

    def _exchange_average(self) -> None:
        """Give the captioner the average weights, or its own again."""
        for parameter, average in zip(self._parameters, self._average, strict=False):
            parameter.data, average.data = average.data, parameter.data

    def _masks(self, epoch: int, pages: Pages, batch: Batch) -> Masks | None:
        """What dropout keeps of the whole batch, as far as it belongs to this process."""
        seed = [self._schedule.seed, epoch, self.progress.steps]
        whole = draw_masks(self.captioner, len(pages), sum(map(len, pages)), seed)
        if whole is None:
            return None
        return Masks(whole.picture[batch.pages], whole.word[batch.rows], whole.mind[batch.rows])

    def _looks_losses(self, end: Tensor, looks: Tensor) -> Tensor:
        """Negative log-likelihood of place, size and colour of each comment (n,), in nats."""
        told = zip(self.captioner.look_scores(end), looks.unbind(1), strict=True)
        losses = [functional.cross_entropy(*pair, reduction="none") for pair in told]
        return torch.stack(losses).sum(0)

    def nll(self, comments: CommentSet) -> Nll:
        """Means over all ``comments``."""
        sums = torch.zeros(2, dtype=torch.float64, device=self._team.device)
        self.captioner.eval()
        with torch.inference_mode(), self._autocast():
            for _, batch in self._batches(comments, comments.plan(self._schedule.batch)):
                if batch is not None:
                    reading = self.captioner.read(batch.prompt, batch.words)
                    losses = self.captioner.softmax.losses(reading.mind, batch.words.truth)
                    looks = self._looks_losses(reading.end, batch.looks)
                    sums += torch.stack([losses.double().sum(), looks.double().sum()])
        self._team.add_up([sums])
        words = sum(map(len, comments.sentences))
        return Nll(sums[0].item() / words, sums[1].item() / len(comments))

    def _autocast(self) -> Any:
        if not self._schedule.bfloat16:
            return nullcontext()
        return torch.autocast(self._team.device.type, torch.bfloat16)

    def use_best(self) -> None:
        """Give the captioner the weights of the best epoch."""
        self.captioner.load_state_dict(self._best)

    def save(self, path: Path, key: str) -> None:
        """Publish a checkpoint from which ``resume`` goes on exactly, also amid an epoch."""
        tensors = _prefixed("now.", self.captioner.state_dict())
        tensors |= _prefixed("best.", self._best)
        tensors |= {f"average.{index}": tensor for index, tensor in enumerate(self._average)}
        for index, state in self._optimizer.state_dict()["state"].items():
            tensors |= _prefixed(f"adam.{index}.", state)
        progress = msgspec.structs.replace(self.progress, nats=self._nats.item())
        metadata = {
            "key": key,
            "history": msgspec.json.encode(self.history).decode(),
            "progress": msgspec.json.encode(progress).decode(),
        }
        with published(path) as temporary:
            save_file(tensors, temporary, metadata)

    def resume(self, path: Path, key: str) -> bool:
        """Go on from a checkpoint of the same ``key``; False where there is none."""
        if not path.exists():
            return False
        with safe_open(path, framework="pt", device=str(self._team.device)) as file:
            metadata = file.metadata()
            if metadata.get("key") != key:
                return False
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        self.history = msgspec.json.decode(metadata["history"], type=list[Epoch])
        self.progress = msgspec.json.decode(metadata["progress"], type=Progress)
        self._nats.fill_(self.progress.nats)
        self.captioner.load_state_dict(_unprefixed("now.", tensors))
        self._best = _unprefixed("best.", tensors)
        self._average = [tensors[f"average.{index}"] for index in range(len(self._average))]
        optimizer = self._optimizer.state_dict()
        optimizer["state"] = {
            index: _unprefixed(f"adam.{index}.", tensors) for index in range(len(self._parameters))
        }
        self._optimizer.load_state_dict(optimizer)
        return True


def unigram_nll(train: CommentSet, dev: CommentSet, words: int) -> float:
    """Mean NLL a word of ``dev`` under the word frequencies of ``train``, one added to each."""
    counts = np.bincount(np.concatenate(train.sentences), minlength=words) + 1.0
    log_share = np.log(counts / counts.sum())
    return float(-log_share[np.concatenate(dev.sentences)].mean())


def _copied(state: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in state.items()}


def _prefixed(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {prefix + name: tensor.contiguous() for name, tensor in tensors.items()}


def _unprefixed(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): tensor
        for name, tensor in tensors.items()
        if name.startswith(prefix)
    }
