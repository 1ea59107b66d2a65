"""Learning the answers to the questions of a scale, as a task of the training loop."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from pipeline.faces.scores.settings import FineTuning
from pipeline.faces.scores.tuning.network import ScoreNetwork
from pipeline.faces.scores.tuning.rated_pictures import RatedPictures
from pipeline.learning.optimization import Recipe, polynomial
from pipeline.learning.task import Batch, Loss, Place
from pipeline.learning.team import Team
from pipeline.runtime.arrays import Bools, Int64s

_v2 = importlib.import_module("torchvision.transforms.v2")  # after the network made it loadable
_NETWORK = "network"
_LEAST_SHOWN = 0.7
"""The share of a picture that is seen of it at least."""
_DECAY_FROM = 0.5


class Plan(NamedTuple):
    """What a batch is made of."""

    examples: list[int]
    """(n,)"""
    seed: int
    """Of their variations."""


class Part(NamedTuple):
    """What a process works on of a batch."""

    pictures: Tensor
    """(n, 3, s, s) uint8"""
    answers: Tensor
    """(n, k)"""


class ScoreTask:
    """A network, and the rated pictures that it learns from."""

    criterion = None
    """All epochs are learned; those of other folds measure the result."""

    def __init__(
        self,
        network: ScoreNetwork,
        pictures: RatedPictures,
        questions: Bools,
        learned: Int64s,
        settings: FineTuning,
        seed: int,
        team: Team,
    ) -> None:
        """``questions`` (n, k) are those of all ``pictures``, and ``learned`` some numbers."""
        self.network = network
        self.networks: Mapping[str, nn.Module] = {_NETWORK: network}
        self.recipes = {
            _NETWORK: Recipe(
                learning_rate=settings.learning_rate,
                weight_decay=settings.weight_decay,
                decay_from=_DECAY_FROM,
                average=polynomial,
            )
        }
        self._pictures, self._learned = pictures, learned
        self._answers = torch.from_numpy(questions.astype(np.float32))
        self._batch, self._seed, self._team = settings.batch, seed, team
        self._vary = _v2.Compose(
            [
                _v2.RandomHorizontalFlip(),
                _v2.RandomResizedCrop(pictures.size, (_LEAST_SHOWN, 1.0), antialias=True),
            ]
        )

    def plan(self, epoch: int) -> list[Plan]:
        """The batches of an epoch, in which each picture is once."""
        draws = np.random.default_rng([self._seed, epoch])
        order = draws.permutation(self._learned)
        parts = np.split(order, range(self._batch, len(order), self._batch))
        return [Plan(part.tolist(), int(draws.integers(2**62))) for part in parts]

    def batch(self, plan: Plan) -> Batch[Part]:
        """What this process works on; losses are means over pictures."""
        pictures = self._pictures.read(plan.examples)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(plan.seed)
            varied = torch.stack([self._vary(picture) for picture in pictures])
        device = self._team.device
        part = Part(varied.to(device), self._answers[plan.examples].to(device))
        return Batch(part, len(plan.examples))

    def loss(self, network: str, part: Part, place: Place) -> Loss:
        """The nats of the answers."""
        found = self.network(part.pictures).float()
        nats = binary_cross_entropy_with_logits(found, part.answers, reduction="sum")
        return Loss(nats, nats)

    def evaluate(self) -> dict[str, float]:
        """Nothing: what was not learned from is looked at when the training is over."""
        return {}


def logits_of(
    network: ScoreNetwork, pictures: RatedPictures, numbers: Sequence[int], batch: int = 32
) -> np.ndarray:
    """(n, k) what a network says of the pictures of these numbers."""
    device = next(network.parameters()).device
    network.eval()
    found = []
    with torch.inference_mode():
        for start in range(0, len(numbers), batch):
            shown = pictures.read(numbers[start : start + batch])
            found.append(network(shown.to(device)).float().cpu().numpy())
    return np.concatenate(found)
