"""Learning to translate, as a task of the training loop: by StarGAN's losses.

n  pictures of a batch   d  domains   s  the side of a picture
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from pipeline.learning.optimization import Recipe, exponential
from pipeline.learning.task import Batch, Loss, Place
from pipeline.learning.team import Team
from pipeline.runtime.arrays import Bools, Float32s, Int64s
from pipeline.translation.losses import (
    classification_loss,
    gradient_penalty,
    paired_loss,
    share_right,
)
from pipeline.translation.networks import Discriminator, Generator, frozen
from pipeline.translation.settings import LossSettings, TranslatorSchedule
from pipeline.translation.training_set import NO_TRUTH, TrainingSet

DISCRIMINATOR, GENERATOR = "discriminator", "generator"
_BETAS = (0.5, 0.999)  # of Adam, as the article has them
_DECAY_FROM = 0.5  # of the run
_MOST_MEASURED = 128  # held-out pictures


class Plan(NamedTuple):
    """What a batch is made of."""

    rows: Int64s
    """(n,)"""
    targets: Float32s
    """(n, d)"""
    flipped: Bools
    """(n,) whether pictures and truths are mirrored."""


class Truths(NamedTuple):
    """True translations of the pictures of a part."""

    pictures: Tensor
    """(n, 3, s, s)"""
    known: Tensor
    """(n,) ones, and zeros where there is none."""


class Part(NamedTuple):
    """What a process works on of a batch."""

    pictures: Tensor
    """(n, 3, s, s) in −1…1"""
    own: Tensor
    """Their domains (n, d)."""
    targets: Tensor
    """(n, d)"""
    truths: Truths | None
    """None where they do not matter."""
    rows: Int64s
    """Of the whole batch that these are, from 0 (n,)."""
    whole: int
    """Pictures in the whole batch."""


class TranslatorTask:
    """Two networks, and the pictures that they learn from and are measured by."""

    criterion = None
    """The adversaries' losses say nothing of how good translations are."""

    def __init__(
        self,
        generator: Generator,
        discriminator: Discriminator,
        pictures: TrainingSet,
        team: Team,
        *,
        schedule: TranslatorSchedule,
        losses: LossSettings,
        flip: bool,
        seed: int,
    ) -> None:
        """With ``flip`` half of the pictures are mirrored."""
        self.generator, self.discriminator = generator, discriminator
        self.networks: Mapping[str, nn.Module] = {
            DISCRIMINATOR: discriminator,
            GENERATOR: generator,
        }
        self.recipes = _recipes(schedule, losses)
        self._set, self._team = pictures, team
        self._rows = pictures.rows(held_out=False)
        self._batch_size, self._losses = schedule.batch, losses
        self._flip, self._seed, self._exclusive = flip, seed, pictures.exclusive
        self._fake: Tensor | None = None

    def plan(self, epoch: int) -> list[Plan]:
        """The batches of an epoch; a batch's targets are the domains of its pictures, shuffled."""
        draws = np.random.default_rng([self._seed, epoch])
        order = draws.permutation(self._rows)
        flipped = draws.random(len(order)) < 0.5 * self._flip
        cuts = range(self._batch_size, len(order), self._batch_size)
        parts = zip(np.split(order, cuts), np.split(flipped, cuts), strict=True)
        return [
            Plan(rows, self._set.domains[draws.permutation(rows)], mirrored)
            for rows, mirrored in parts
        ]

    def batch(self, plan: Plan) -> Batch[Part]:
        """What this process works on; losses are means over pictures."""
        ours = np.arange(self._team.rank, len(plan.rows), self._team.size)
        part = self._part(plan, ours) if len(ours) else None
        return Batch(part, len(plan.rows))

    def loss(self, network: str, part: Part, place: Place) -> Loss:
        """The loss of either network."""
        if network == DISCRIMINATOR:
            return self._discriminator_loss(part, place)
        return self._generator_loss(part)

    def _discriminator_loss(self, part: Part, place: Place) -> Loss:
        discriminator, weights = self.discriminator, self._losses
        # Where the generator learns next it needs the same translations, with their gradients.
        with torch.set_grad_enabled(self._generator_learns(place)):
            fake = self.generator(part.pictures, part.targets)
        self._fake = fake if fake.requires_grad else None
        fake, n = fake.detach(), len(part.rows)
        features = discriminator.features(torch.cat([part.pictures, fake.to(part.pictures)]))
        scores = discriminator.scores(features).float()
        logits = discriminator.logits(features[:n])
        classification = classification_loss(logits, part.own, exclusive=self._exclusive)
        shares = self.shares(part, place)
        penalty = gradient_penalty(discriminator, part.pictures, fake, shares)
        real, made = -scores[:n].mean(), scores[n:].mean()
        total = real + made + weights.classification * classification
        total = total + weights.gradient_penalty * penalty
        return Loss(total * n, torch.stack([real, made, classification, penalty]) * n)

    def _generator_loss(self, part: Part) -> Loss:
        weights, n = self._losses, len(part.rows)
        fake = self._fake
        assert fake is not None  # the discriminator has learned before
        self._fake = None
        with frozen(self.discriminator):
            features = self.discriminator.features(fake)
            adversarial = -self.discriminator.scores(features).float().mean()
            logits = self.discriminator.logits(features)
        classification = classification_loss(logits, part.targets, exclusive=self._exclusive)
        total = adversarial + weights.classification * classification
        reported = [adversarial, classification]
        if weights.cycle:
            back = self.generator(fake, part.own)
            cycle = (part.pictures - back).abs().mean()
            total = total + weights.cycle * cycle
            reported.append(cycle)
        if part.truths is not None:
            paired = paired_loss(fake, *part.truths)
            total = total + weights.paired * paired
            reported.append(paired)
        return Loss(total * n, torch.stack(reported) * n)

    def evaluate(self) -> dict[str, float]:
        """Means over pictures held out, each translated into another domain.

        ``cycle``: the mean difference after the way back, of values from −1 to 1. ``target``: how
        often the discriminator takes a translation for its target; it is no independent judge.
        ``own``: how often it tells a real picture's domain. ``paired``: the mean difference to the
        true translation, where there are any.
        """
        rows = self._set.rows(held_out=True)
        draws = np.random.default_rng([self._seed, 0])
        rows = np.sort(draws.permutation(rows)[:_MOST_MEASURED])
        sums = torch.zeros(5, dtype=torch.float64, device=self._team.device)
        for start in range(0, len(rows), self._batch_size):
            some = rows[start : start + self._batch_size]
            plan = Plan(some, self._others(some, draws), np.zeros(len(some), bool))
            part = self.batch(plan).part
            if part is not None:
                sums += self._measured(part)
        self._team.add_up([sums])
        cycle, target, own, paired, pairs = sums.tolist()
        found = {"cycle": cycle, "target": target, "own": own}
        found = {name: value / max(1, len(rows)) for name, value in found.items()}
        return found | ({"paired": paired / pairs} if pairs else {})

    def _measured(self, part: Part) -> Tensor:
        """(5,) sums over the pictures of a part: see ``evaluate``; the last counts pairs."""
        fake = self.generator(part.pictures, part.targets)
        cycle = (part.pictures - self.generator(fake, part.own)).abs().mean((1, 2, 3))
        real_logits, fake_logits = (
            self.discriminator.logits(self.discriminator.features(pictures)).float()
            for pictures in (part.pictures, fake)
        )
        sums = [
            cycle.double().sum(),
            share_right(fake_logits, part.targets, exclusive=self._exclusive).sum(),
            share_right(real_logits, part.own, exclusive=self._exclusive).sum(),
        ]
        if part.truths is None:
            return torch.stack([*sums, *[sums[0].new_zeros(())] * 2])
        paired = _differences(fake, part.truths).double().sum()
        return torch.stack([*sums, paired, part.truths.known.sum()])

    def _others(self, rows: Int64s, draws: np.random.Generator) -> Float32s:
        """Targets (n, d) for pictures: another domain, or one attribute changed."""
        own = self._set.domains[rows]
        n, d = own.shape
        every: Float32s = np.eye(d, dtype=np.float32)
        targets: Float32s
        if self._exclusive:
            targets = every[(own.argmax(1) + draws.integers(1, d, size=n)) % d]
        else:
            targets = np.abs(own - every[draws.integers(d, size=n)])
        return targets

    def _part(self, plan: Plan, ours: Int64s) -> Part:
        device = self._team.device
        rows, targets, flipped = plan.rows[ours], plan.targets[ours], plan.flipped[ours]
        truths = None
        if self._losses.paired:
            found = self._set.truths(rows, targets)
            known = torch.from_numpy((found != NO_TRUTH).astype(np.float32)).to(device)
            pictures = self._pictures(np.where(found == NO_TRUTH, rows, found), flipped)
            truths = Truths(pictures, known)
        return Part(
            self._pictures(rows, flipped),
            torch.from_numpy(self._set.domains[rows]).to(device),
            torch.from_numpy(targets).to(device),
            truths,
            ours,
            len(plan.rows),
        )

    def _pictures(self, rows: Int64s, flipped: Bools) -> Tensor:
        pictures = self._set.pictures(rows, self._team.device)
        if flipped.any():
            chosen = torch.from_numpy(flipped).to(pictures.device)
            pictures[chosen] = pictures[chosen].flip(3)
        return pictures

    def shares(self, part: Part, place: Place) -> Tensor:
        """(n,) of real pictures in those at which the gradient is measured."""
        whole = np.random.default_rng([self._seed, *place]).random(part.whole, np.float32)
        return torch.from_numpy(whole[part.rows]).to(self._team.device)

    def _generator_learns(self, place: Place) -> bool:
        batches = -(-len(self._rows) // self._batch_size)
        return self.recipes[GENERATOR].learns_after((place.epoch - 1) * batches + place.step)


def _differences(fake: Tensor, truths: Truths) -> Tensor:
    """(n,) mean differences to true translations, and zeros where there is none."""
    return (fake - truths.pictures).abs().mean((1, 2, 3)) * truths.known


def _recipes(schedule: TranslatorSchedule, losses: LossSettings) -> dict[str, Recipe]:
    """How the two learn, and the names of what their losses report."""
    weighed = {"cycle": losses.cycle, "paired": losses.paired}
    average = exponential(schedule.average) if schedule.average else None
    rate = schedule.learning_rate
    return {
        DISCRIMINATOR: Recipe(
            learning_rate=rate,
            betas=_BETAS,
            clip_norm=None,
            decay_from=_DECAY_FROM,
            losses=("real", "made", "classification", "gradient_penalty"),
        ),
        GENERATOR: Recipe(
            learning_rate=rate,
            betas=_BETAS,
            clip_norm=None,
            decay_from=_DECAY_FROM,
            every=schedule.discriminator_steps,
            average=average,
            losses=("adversarial", "classification", *(name for name, w in weighed.items() if w)),
        ),
    }
