"""A tagger from tagged pictures: which features, how strong a penalty, how to say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from pipeline.illustrations.tagged_pictures import TaggedPictures
from pipeline.illustrations.tagger_file import LearnedTag, Tagger, TaggerCard
from pipeline.learning.heads.calibration import Calibration, calibrated_unseen
from pipeline.learning.heads.cross_validation import (
    PENALTIES,
    Trial,
    best,
    cross_validated,
    folds_of,
    unseen_logits,
)
from pipeline.learning.heads.logistic import fit_logistic
from pipeline.learning.heads.prepared import TOGETHER, Prepared, joined
from pipeline.learning.heads.thresholds import MEASURES, NEVER, best_thresholds
from pipeline.runtime.arrays import Bools, Float32s, Float64s, Floats, Int64s

_CLEAR = 1.64  # standard errors: a tag that is nothing but chance passes in one case of twenty
_LEAST = 1e-6  # probability, so that nothing is infinitely surprising


@dataclass(frozen=True)
class Lesson:
    """What was tried, and what the best of it says of pictures that it has not seen."""

    trials: list[Trial]
    chosen: Trial
    prepared: Prepared
    """The features that were chosen."""
    fold: Int64s
    """(n,)"""
    logits: Float32s
    """(n, k) by heads, chosen among, that have not seen the fold of a picture."""
    probabilities: Float32s
    """(n, k) of these, calibrated on the other folds."""
    known: Bools
    """(k,) whether a tag's probabilities are better than its share of pictures."""


def try_features(
    taps: Mapping[str, Float32s],
    choices: Sequence[Sequence[str]],
    pictures: TaggedPictures,
    seed: int,
    device: torch.device,
) -> Lesson:
    """Cross-validate heads on each of ``choices`` of ``taps`` (n, c)."""
    fold = folds_of(pictures.units, seed)
    prepared = {TOGETHER.join(names): Prepared.of(joined(taps, names)) for names in choices}
    trials = [
        trial
        for name, some in prepared.items()
        for trial in cross_validated(name, some.values, pictures.targets, fold, PENALTIES, device)
    ]
    chosen = best(trials)
    logits = unseen_logits(trials, fold)
    probabilities = calibrated_unseen(logits, pictures.targets, fold)
    return Lesson(
        trials,
        chosen,
        prepared[chosen.features],
        fold,
        logits,
        probabilities,
        _known(probabilities, pictures.targets, pictures.units),
    )


def learn_tagger(
    lesson: Lesson,
    pictures: TaggedPictures,
    backbone: str,
    weights: str,
    device: torch.device,
) -> Tagger:
    """Fit what was chosen to all pictures."""
    prepared, penalty = lesson.prepared, lesson.chosen.penalty
    head = fit_logistic(prepared.values, pictures.targets, penalty, device=device)
    thresholds = np.stack(
        [best_thresholds(lesson.probabilities, pictures.targets, m) for m in MEASURES], 1
    )
    thresholds[~lesson.known] = NEVER
    tags = [
        LearnedTag(
            name,
            group,
            int(column.sum()),
            len(np.unique(pictures.units[column])),
            bool(known),
        )
        for (name, group), column, known in zip(
            pictures.tags, pictures.targets.T, lesson.known, strict=True
        )
    ]
    return Tagger.of(
        TaggerCard(tags, backbone, weights, tuple(lesson.chosen.features.split(TOGETHER))),
        head,
        prepared.components,
        Calibration.fit(lesson.logits, pictures.targets),
        thresholds,
    )


def _known(probabilities: Float32s, targets: Bools, units: Int64s) -> Bools:
    """(k,) whether a tag's probabilities are clearly better than its share of pictures.

    That is told from the nats that they save a picture of each unit, whose pictures are alike.
    """
    share = targets.mean(0)
    saved = _nats(np.broadcast_to(share, targets.shape), targets) - _nats(probabilities, targets)
    _, number = np.unique(units, return_inverse=True)
    sums = np.stack([np.bincount(number, column) for column in saved.T], 1)
    of_units = sums / np.bincount(number)[:, None]
    error = of_units.std(0) / np.sqrt(len(of_units))
    return np.asarray(of_units.mean(0) > _CLEAR * error)


def _nats(probabilities: Floats, targets: Bools) -> Float64s:
    said = np.where(targets, probabilities, 1 - probabilities).astype(np.float64)
    return np.asarray(-np.log(np.maximum(said, _LEAST)))
