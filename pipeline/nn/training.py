"""Teach a captioner by maximum likelihood; keep the epoch that is best on held-out comments."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from pipeline.artifacts.publishing import published
from pipeline.nn.captioner import Captioner
from pipeline.nn.dataset import Batch, CommentSet, FeatureBank
from pipeline.progress import track
from pipeline.text.vocabulary import PADDING

CLIP_NORM = 5.0  # of the gradient; LSTMs explode now and then


class Epoch(msgspec.Struct, frozen=True):
    """What one pass over the training comments came to."""

    train_nll: float
    """Mean negative log-likelihood a word, end mark included, in nats."""
    dev_nll: float
    """The same over all held-out comments."""
    seconds: float
    steps: int


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to learn."""

    batch: int
    """Comments a step."""
    epochs: int
    patience: int
    """Epochs without a better dev NLL before stopping."""
    learning_rate: float
    weight_decay: float
    seed: int


class Trainer:
    """A captioner, its optimiser and its history; a function of data, schedule and seed."""

    def __init__(
        self,
        captioner: Captioner,
        bank: FeatureBank,
        schedule: Schedule,
        device: torch.device,
    ) -> None:
        self.captioner = captioner.to(device)
        self.history: list[Epoch] = []
        self._best = _copied(captioner.state_dict())
        self._bank = bank
        self._schedule = schedule
        self._device = device
        self._optimizer = torch.optim.AdamW(
            captioner.parameters(), schedule.learning_rate, weight_decay=schedule.weight_decay
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

    def run_epoch(self, train: CommentSet, dev: CommentSet) -> Epoch:
        """Pass over ``train`` once and measure on ``dev``."""
        number = len(self.history) + 1
        # Seeded by the epoch alone, so that a resumed run draws what an undisturbed one does.
        torch.manual_seed(self._schedule.seed * 100_003 + number)
        draws = np.random.default_rng([self._schedule.seed, number])
        size = self._schedule.batch
        started = time.monotonic()
        total, words, steps = 0.0, 0, 0
        self.captioner.train()
        forecast = math.ceil(len(train) / size)
        for batch in track(train.batches(size, draws), forecast, f"epoch {number}", "steps"):
            losses = self._losses(batch)
            self._optimizer.zero_grad(set_to_none=True)
            losses.mean().backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(self.captioner.parameters(), CLIP_NORM)
            self._optimizer.step()
            total, words = total + losses.detach().sum().item(), words + len(losses)
            steps += 1
        seconds = time.monotonic() - started
        self.history.append(Epoch(total / words, self.nll(dev), seconds, steps))
        if self.best_epoch == number:
            self._best = _copied(self.captioner.state_dict())
        return self.history[-1]

    def nll(self, comments: CommentSet) -> float:
        """Mean negative log-likelihood a word of all ``comments``, in nats."""
        total, words = 0.0, 0
        self.captioner.eval()
        with torch.inference_mode():
            for batch in comments.batches(self._schedule.batch):
                losses = self._losses(batch)
                total, words = total + losses.detach().sum().item(), words + len(losses)
        return total / words

    def use_best(self) -> None:
        """Give the captioner the weights of the best epoch."""
        self.captioner.load_state_dict(self._best)

    def _losses(self, batch: Batch) -> Tensor:
        """Negative log-likelihood of every true word of a batch, padding left out."""
        tokens = batch.tokens.to(self._device)
        features = self._bank.gather(batch.pictures).to(self._device)
        # Padding behind the end mark: what is read there has no next word.
        read = torch.where(tokens[:, 1:] != PADDING, tokens[:, :-1], PADDING)
        outputs = self.captioner(features, batch.which.to(self._device), read)
        truth = tokens[:, 1:].T  # words first, as the outputs are
        logits = self.captioner.logits(outputs)
        return torch.nn.functional.cross_entropy(logits, truth[truth != PADDING], reduction="none")

    def save(self, path: Path, key: str) -> None:
        """Publish a checkpoint from which ``resume`` goes on exactly."""
        tensors = _prefixed("now.", self.captioner.state_dict())
        tensors |= _prefixed("best.", self._best)
        for index, state in self._optimizer.state_dict()["state"].items():
            tensors |= _prefixed(f"adam.{index}.", state)
        history = msgspec.json.encode(self.history).decode()
        with published(path) as temporary:
            save_file(tensors, temporary, {"key": key, "history": history})

    def resume(self, path: Path, key: str) -> bool:
        """Go on from a checkpoint of the same ``key``; False where there is none."""
        if not path.exists():
            return False
        with safe_open(path, framework="pt", device=str(self._device)) as file:
            metadata = file.metadata()
            if metadata.get("key") != key:
                return False
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        self.history = msgspec.json.decode(metadata["history"], type=list[Epoch])
        self.captioner.load_state_dict(_unprefixed("now.", tensors))
        self._best = _unprefixed("best.", tensors)
        optimizer = self._optimizer.state_dict()
        optimizer["state"] = {
            index: _unprefixed(f"adam.{index}.", tensors)
            for index in range(len(list(self.captioner.parameters())))
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
