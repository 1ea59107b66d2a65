"""How good a tagger is on pictures that it has not learned from, beside what needs no sight."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch

from pipeline.evaluation.average_precision import average_precisions, mean_average_precision
from pipeline.illustrations.tag_learning import Lesson
from pipeline.illustrations.tag_measures import (
    Calibrated,
    Decisions,
    Point,
    Precision,
    TagEvaluation,
    TagResult,
)
from pipeline.illustrations.tagged_pictures import TaggedPictures
from pipeline.learning.heads.cross_validation import PENALTIES, cross_validated, unseen_logits
from pipeline.learning.heads.logistic import fit_logistic
from pipeline.learning.heads.prepared import Prepared
from pipeline.learning.heads.thresholds import best_thresholds
from pipeline.runtime.arrays import Bools, Float32s

CURVE = (5, 10, 50, 200)
"""Units that are learned from, for the learning curve."""
_DRAWS = 3


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
        decisions=Decisions.of(_decided(lesson, targets), targets),
        before_calibration=Calibrated.of(raw, targets, units),
        after_calibration=Calibrated.of(lesson.probabilities, targets, units),
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
