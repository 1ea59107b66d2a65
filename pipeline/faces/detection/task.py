"""Learning to find faces, as a task of the training loop.

n  pieces of pictures in a batch
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from pipeline.evaluation.box_precision import Matches, match
from pipeline.faces.detection.augmentation import Augmentation
from pipeline.faces.detection.overlaps import overlaps
from pipeline.faces.detection.own_detector import find_with
from pipeline.faces.detection.pyramid import find_in_pyramid
from pipeline.faces.detection.settings import DetectorSchedule
from pipeline.faces.detection.training_set import Example
from pipeline.faces.detection.union import SAME_FACE
from pipeline.learning.optimization import Recipe, polynomial
from pipeline.learning.task import Batch, Loss, Place
from pipeline.learning.team import Team

DETECTOR = "detector"
_LOSSES = ("classification", "bbox_regression", "bbox_ctrness")
"""FCOS's: is there a face, where are its edges, how near is its middle."""
_DECAY_FROM = 0.5


class Plan(NamedTuple):
    """What a batch is made of."""

    examples: list[int]
    """(n,)"""
    seeds: list[int]
    """(n,) of their variations."""


class Part(NamedTuple):
    """What a process works on of a batch."""

    pictures: Tensor
    """(n, 3, side, side) of 0–1"""
    boxes: list[Tensor]
    """Of each piece (faces, 4), in its pixels."""


class DetectorTask:
    """A detector, and the pictures that it learns from and is measured by."""

    criterion = None
    """A few held-out pictures are too few to choose an epoch by."""

    def __init__(
        self,
        detector: nn.Module,
        examples: Sequence[Example],
        augmentation: Augmentation,
        team: Team,
        *,
        size: int,
        schedule: DetectorSchedule,
        seed: int,
    ) -> None:
        """``size`` is the longer side of the pictures that the network sees, in pixels."""
        self.detector = detector
        self.networks: Mapping[str, nn.Module] = {DETECTOR: detector}
        self.recipes = {
            DETECTOR: Recipe(
                learning_rate=schedule.learning_rate,
                weight_decay=schedule.weight_decay,
                decay_from=_DECAY_FROM,
                average=polynomial,
                losses=_LOSSES,
            )
        }
        self._learned = [one for one in examples if not one.held_out]
        self._held_out = [one for one in examples if one.held_out]
        self._augmentation, self._team = augmentation, team
        self._size, self._schedule, self._seed = size, schedule, seed

    def plan(self, epoch: int) -> list[Plan]:
        """The batches of an epoch: each picture as often as any other, or once more."""
        draws = np.random.default_rng([self._seed, epoch])
        count, pieces = len(self._learned), max(self._schedule.pieces, len(self._learned))
        often = -(-pieces // count)
        order = np.concatenate([draws.permutation(count) for _ in range(often)])[:pieces]
        seeds = draws.integers(2**62, size=pieces)
        cuts = range(self._schedule.batch, pieces, self._schedule.batch)
        return [
            Plan(examples.tolist(), some.tolist())
            for examples, some in zip(np.split(order, cuts), np.split(seeds, cuts), strict=True)
        ]

    def batch(self, plan: Plan) -> Batch[Part]:
        """What this process works on; losses are means over pieces."""
        ours = list(zip(*plan, strict=True))[self._team.rank :: self._team.size]
        if not ours:
            return Batch(None, len(plan.examples))
        pieces = []
        for number, seed in ours:
            example = self._learned[number]
            picture = torch.from_numpy(np.array(example.picture)).permute(2, 0, 1)
            pieces.append(self._augmentation(picture, torch.from_numpy(example.boxes), seed))
        device = self._team.device
        pictures = torch.stack([piece.picture for piece in pieces]).to(device).float().div_(255)
        boxes = [piece.boxes.to(device) for piece in pieces]
        return Batch(Part(pictures, boxes), len(plan.examples))

    def loss(self, network: str, part: Part, place: Place) -> Loss:
        """FCOS's losses, which are means over the faces of the part, however many it has."""
        targets = [
            {"boxes": boxes, "labels": boxes.new_zeros(len(boxes), dtype=torch.int64)}
            for boxes in part.boxes
        ]
        found = self.detector(list(part.pictures), targets)
        losses = torch.stack([found[name] for name in _LOSSES]) * len(part.boxes)
        return Loss(losses.sum(), losses)

    def evaluate(self) -> dict[str, float]:
        """Average precision (AP50) and recall of held-out pictures; 0 where they have no face."""
        found = self._matches()
        if not found.there:
            return {"ap50": 0.0, "recall": 0.0}
        return {"ap50": found.average_precision(), "recall": found.recall(0.5)}

    def _matches(self) -> Matches:
        """What is found on the held-out pictures."""
        matches = []
        for example in self._held_out:
            picture = example.picture
            found = find_in_pyramid(partial(find_with, self.detector), picture, self._size, 1)
            boxes, scores = found.cleaned(picture, 1, SAME_FACE)
            matches.append(match(overlaps(boxes, example.boxes), scores, SAME_FACE))
        return Matches.of_all(matches)
