"""Learning to caption, as a task of the training loop: by maximum likelihood."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.captioning.caption_set import CaptionBatch, CaptionSet, Groups
from pipeline.captioning.captioner import Captioner
from pipeline.captioning.dropout import DropoutMasks, draw_masks
from pipeline.captioning.likelihood import unigram_nll
from pipeline.captioning.model_file import Model
from pipeline.captioning.prompt import Prompt
from pipeline.captioning.training_record import CaptionerTraining, Epoch
from pipeline.learning import training
from pipeline.learning.epoch import Epoch as TrainingEpoch
from pipeline.learning.task import Batch, Loss, Place
from pipeline.learning.team import Team
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.runtime.prefetch import prefetch

_NETWORK = "captioner"
_HIDING = 1  # tells these random numbers from others of a step
_BATCHES_AHEAD = 2  # that are made ready while one is measured


class Nll(NamedTuple):
    """Mean negative log-likelihoods, in nats."""

    word: float
    """A word, end mark included."""
    style: float
    """A caption: all its styles together."""


class Part(NamedTuple):
    """What a process works on of a batch."""

    batch: CaptionBatch
    pictures: int
    """Groups of captions in the whole batch."""
    captions: int
    """In the whole batch."""


class CaptionerTask:
    """A captioner, the captions to learn from, and those to measure by."""

    criterion = "nll"

    def __init__(
        self,
        captioner: Captioner,
        train: CaptionSet,
        dev: CaptionSet,
        bank: FeatureBank,
        team: Team,
        *,
        batch_size: int,
        doubly_stochastic: float,
        seed: int,
        style_weight: float = 0.1,
        blind_share: float = 0.0,
    ) -> None:
        """Batches hold about ``batch_size`` captions.

        ``doubly_stochastic`` is the cost of neglected positions, λ of Xu et al. 2015, equation 14;
        ``style_weight`` that of the style's loss in nats against the words'. A ``blind_share`` of
        the pictures is hidden in each step, with the mean picture in their place: so the captioner
        also learns what is written about any picture, as in classifier-free guidance (Ho and
        Salimans 2021).
        """
        self.captioner = captioner
        self.networks: Mapping[str, nn.Module] = {_NETWORK: captioner}
        self.train, self.dev = train, dev
        self._bank, self._team = bank, team
        self._batch_size, self._seed = batch_size, seed
        self._doubly_stochastic, self._style_weight = doubly_stochastic, style_weight
        self._blind_share = blind_share

    def plan(self, epoch: int) -> list[Groups]:
        """The batches of an epoch."""
        draws = np.random.default_rng([self._seed, epoch])
        return self.train.plan(self._batch_size, draws)

    def batch(self, plan: Groups) -> Batch[Part]:
        """What this process works on; losses are means over words."""
        part = self._batch_of(self.train, plan)
        words = self.train.words_in(plan)
        whole = len(plan), sum(map(len, plan))
        return Batch(None if part is None else Part(part, *whole), words)

    def loss(self, network: str, part: Part, place: Place) -> Loss:
        """Nats of words and style, and the penalty for positions that are neglected."""
        batch = part.batch
        prompt = self._with_some_hidden(part, place)
        reading = self.captioner.read(prompt, batch.words, self._masks(part, place))
        words = self.captioner.softmax.total_loss(
            reading.hidden, batch.words.targets, batch.weights
        )
        style = self._style_losses(reading.end, batch.style).sum()
        # Over a whole caption each position should get as much attention as one word pays.
        neglect = ((1 - reading.coverage) ** 2).sum()
        total = words + self._style_weight * style + self._doubly_stochastic * neglect
        return Loss(total, words)

    def evaluate(self) -> dict[str, float]:
        """Means over all held-out captions."""
        nll = self.nll(self.dev)
        return {"nll": nll.word, "style_nll": nll.style}

    def nll(self, captions: CaptionSet) -> Nll:
        """Means over ``captions``, to be called by ``Training.measure``."""
        sums = torch.zeros(2, dtype=torch.float64, device=self._team.device)
        for batch in self._batches(captions):
            if batch is not None:
                reading = self.captioner.read(batch.prompt, batch.words)
                words = self.captioner.softmax.losses(reading.hidden, batch.words.targets)
                style = self._style_losses(reading.end, batch.style)
                sums += torch.stack([words.double().sum(), style.double().sum()])
        self._team.add_up([sums])
        return Nll(sums[0].item() / captions.word_count, sums[1].item() / len(captions))

    def _batches(self, captions: CaptionSet) -> Iterator[CaptionBatch | None]:
        plans = captions.plan(self._batch_size)
        return prefetch((self._batch_of(captions, plan) for plan in plans), _BATCHES_AHEAD)

    def _batch_of(self, captions: CaptionSet, plan: Groups) -> CaptionBatch | None:
        team = self._team
        return captions.batch(plan, self._bank, team.device, team.rank, team.size)

    def _masks(self, part: Part, place: Place) -> DropoutMasks | None:
        """Dropout of the whole batch, as far as it concerns this process."""
        spec, batch = self.captioner.spec, part.batch
        whole = draw_masks(
            spec.dropout,
            (part.pictures, part.captions, spec.size),
            [self._seed, *place],
            self._team.device,
        )
        if whole is None:
            return None
        return DropoutMasks(
            whole.picture[batch.groups], whole.word[batch.rows], whole.hidden[batch.rows]
        )

    def _with_some_hidden(self, part: Part, place: Place) -> Prompt:
        """What captions are written from, with some of the pictures hidden."""
        prompt = part.batch.prompt
        if not self._blind_share:
            return prompt
        draws = np.random.default_rng([self._seed, *place, _HIDING]).random(part.pictures)
        hidden = torch.from_numpy(draws < self._blind_share).to(self._team.device)
        hidden = hidden[part.batch.groups].view(-1, *[1] * (prompt.features.ndim - 1))
        mean = self.captioner.mean.to(prompt.features.dtype)
        return prompt._replace(features=torch.where(hidden, mean, prompt.features))

    def _style_losses(self, end: Tensor, style: Tensor) -> Tensor:
        """Nats (n,) of all styles of each caption, from the state at its end (n, d)."""
        pairs = zip(self.captioner.style_logits(end), style.unbind(1), strict=True)
        losses = [functional.cross_entropy(*pair, reduction="none") for pair in pairs]
        return torch.stack(losses).sum(0) if losses else end.new_zeros(len(end))


def epoch_record(epoch: TrainingEpoch) -> Epoch:
    """An epoch of this task as ``training.json`` names it."""
    return Epoch(
        train_nll=epoch.train[_NETWORK],
        dev_nll=epoch.held_out["nll"],
        dev_style_nll=epoch.held_out["style_nll"],
        seconds=epoch.seconds,
        steps=epoch.steps,
        words=epoch.units,
    )


def training_record(
    model: Model,
    task: CaptionerTask,
    run: training.Training[Any, Any],
    team: Team,
    seed: int,
) -> CaptionerTraining:
    """What is written down of any captioner; every process of the team takes part in measuring."""
    epochs = [epoch_record(epoch) for epoch in run.history]
    shuffled = task.dev.with_pictures_shuffled(seed)
    counts = np.bincount(np.concatenate(task.train.sentences), minlength=len(model.vocabulary))
    return CaptionerTraining(
        decoder=model.card.spec.decoder,
        attention=model.card.spec.attention,
        backbone=model.card.backbone,
        weights=model.card.weights,
        tap=model.card.tap,
        device=str(team.device),
        processes=team.size,
        epochs=epochs,
        best_epoch=run.best_epoch,
        dev_nll=epochs[run.best_epoch - 1].dev_nll,
        dev_nll_shuffled=run.measure(lambda: task.nll(shuffled)).word,
        dev_nll_unigram=unigram_nll(counts, task.dev.sentences),
    )
