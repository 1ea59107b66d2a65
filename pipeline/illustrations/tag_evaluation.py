"""How good a tagger is on pictures that it has not learned from, beside what needs no sight."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import numpy as np
import torch

from pipeline.evaluation.average_precision import average_precisions, mean_average_precision
from pipeline.evaluation.calibration import Bin, calibration_error, reliability
from pipeline.evaluation.intervals import Interval
from pipeline.illustrations.tag_learning import Lesson
from pipeline.illustrations.tagged_pictures import TaggedPictures
from pipeline.learning.heads.cross_validation import PENALTIES, cross_validated, unseen_logits
from pipeline.learning.heads.logistic import fit_logistic
from pipeline.learning.heads.prepared import Prepared
from pipeline.learning.heads.thresholds import best_thresholds
from pipeline.runtime.arrays import Bools, Float32s

CURVE = (5, 10, 50, 200)
"""Units that are learned from, for the learning curve."""
_DRAWS = 3


class Precision(msgspec.Struct, frozen=True):
    """Mean average precision: 1 ranks all pictures with a tag before all others."""

    over_tags: Interval
    """Resampled: tags."""
    over_units: Interval
    """Resampled: units, such as things."""


class TagResult(msgspec.Struct, frozen=True):
    """One tag."""

    name: str
    group: str
    pictures: int
    average_precision: float
    known: bool
    """Whether it says more than how frequent the tag is."""


class Point(msgspec.Struct, frozen=True):
    """One point of the learning curve."""

    units: int
    average_precision: float
    """Mean over tags and draws."""
    lowest: float
    """Of the draws."""
    highest: float


class Calibrated(msgspec.Struct, frozen=True):
    """Whether probabilities mean what they say."""

    error: float
    """Expected calibration error of all predictions."""
    bins: list[Bin]


class TagEvaluation(msgspec.Struct, frozen=True, kw_only=True):
    """All figures are of pictures whose fold neither the head nor any choice has seen."""

    precision: Precision
    by_group: dict[str, float]
    """Mean average precision of the tags of each group."""
    baselines: dict[str, Precision]
    """``prior`` knows how frequent tags are, ``pixels`` sees 16 × 16 of them, and ``colours``
    counts them."""
    f1: float
    """Of all decisions together, with the threshold of each tag that is best for F1 elsewhere."""
    micro_precision: float
    micro_recall: float
    before_calibration: Calibrated
    after_calibration: Calibrated
    learning_curve: list[Point]
    tags: list[TagResult]
    """The best first."""


def evaluate_tags(
    lesson: Lesson,
    pictures: TaggedPictures,
    seen: Mapping[str, Float32s],
    seed: int,
    device: torch.device,
) -> TagEvaluation:
    """Measure what a ``lesson`` taught, and baselines that have features ``seen`` (n, …)."""
    targets, units = pictures.targets, pictures.units
    precision = mean_average_precision(lesson.logits, targets, units)
    raw = 1 / (1 + np.exp(-lesson.logits.astype(np.float64)))
    scores = {"prior": np.zeros_like(lesson.logits)} | {
        name: unseen_logits(
            cross_validated(
                name, Prepared.of(values).values, targets, lesson.fold, PENALTIES, device
            ),
            lesson.fold,
        )
        for name, values in seen.items()
    }
    holds = _decided(lesson, targets)
    right = float((holds & targets).sum())
    groups = np.array([tag.group for tag in pictures.tags])
    results = [
        TagResult(tag.name, tag.group, int(count), float(value), bool(known))
        for tag, count, value, known in zip(
            pictures.tags, targets.sum(0), precision.by_tag, lesson.known, strict=True
        )
    ]
    return TagEvaluation(
        precision=Precision(precision.over_tags, precision.over_units),
        by_group={
            str(group): float(precision.by_tag[groups == group].mean())
            for group in np.unique(groups)
        },
        baselines={
            name: Precision(*mean_average_precision(values, targets, units)[1:])
            for name, values in scores.items()
        },
        f1=2 * right / max(1, int(holds.sum() + targets.sum())),
        micro_precision=right / max(1, int(holds.sum())),
        micro_recall=right / int(targets.sum()),
        before_calibration=Calibrated(calibration_error(raw, targets), reliability(raw, targets)),
        after_calibration=Calibrated(
            calibration_error(lesson.probabilities, targets),
            reliability(lesson.probabilities, targets),
        ),
        learning_curve=_learning_curve(lesson, pictures, seed, device),
        tags=sorted(results, key=lambda result: -result.average_precision),
    )


def _decided(lesson: Lesson, targets: Bools) -> Bools:
    """(n, k) which tags hold by thresholds that come from other folds."""
    holds = np.zeros_like(targets)
    for number in np.unique(lesson.fold):
        out = lesson.fold == number
        thresholds = best_thresholds(lesson.probabilities[~out], targets[~out], "f1")
        holds[out] = lesson.probabilities[out] >= thresholds
    return holds


def _learning_curve(
    lesson: Lesson, pictures: TaggedPictures, seed: int, device: torch.device
) -> list[Point]:
    """How good heads are that learn from a few units, on all the others."""
    distinct = np.unique(pictures.units)
    points = []
    for count in CURVE:
        # As many again must be left to measure by.
        if 2 * count > len(distinct):
            break
        drawn = [
            np.random.default_rng([seed, count, draw]).permutation(distinct)[:count]
            for draw in range(_DRAWS)
        ]
        found = [
            _measured(lesson, pictures, np.isin(pictures.units, learned), device)
            for learned in drawn
        ]
        points.append(Point(count, float(np.mean(found)), min(found), max(found)))
    return points


def _measured(lesson: Lesson, pictures: TaggedPictures, seen: Bools, device: torch.device) -> float:
    """Mean average precision, on the other pictures, of a head that learns from those ``seen``."""
    values, targets = lesson.prepared.values, pictures.targets
    head = fit_logistic(values[seen], targets[seen], lesson.chosen.penalty, device=device)
    left = targets[~seen].any(0)
    scores = head.logits(values[~seen])[:, left]
    return float(average_precisions(scores, targets[~seen][:, left]).mean())
