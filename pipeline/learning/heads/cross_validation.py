"""What a head would say of examples that it has not seen, for several penalties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from sklearn.model_selection import GroupKFold

from pipeline.learning.heads.logistic import fit_logistic, nats
from pipeline.learning.heads.prepared import Prepared
from pipeline.runtime.arrays import Bools, Float32s, Float64s, Int64s

FOLDS = 5
PENALTIES = (100.0, 30.0, 10.0, 3.0, 1.0)
"""1 / variance that is expected of effects on log-odds: what is tried."""


@dataclass(frozen=True)
class Trial:
    """One choice of features and penalty, and how it does on examples it has not seen."""

    features: str
    """What the features are called."""
    penalty: float
    logits: Float32s
    """(n, k) of each example, by a head that has not seen its fold."""
    loss: Float64s
    """(folds,) nats of all tags of the examples of each fold."""


def folds_of(units: Int64s, seed: int) -> Int64s:
    """(n,) the fold of each example, so that a unit of ``units`` (n,) is in one as a whole.

    There are ``FOLDS``, or fewer where there are fewer units; two at least.
    """
    count = min(FOLDS, len(np.unique(units)))
    fold = np.zeros(len(units), np.int64)
    split = GroupKFold(count, shuffle=True, random_state=seed).split(units, groups=units)
    for number, (_, out) in enumerate(split):
        fold[out] = number
    return fold


def cross_validated(
    name: str,
    features: Float32s,
    targets: Bools,
    fold: Int64s,
    penalties: Sequence[float],
    device: torch.device | None = None,
    most: int | None = None,
) -> list[Trial]:
    """A trial for each of ``penalties``, which fall; for ``features`` (n, f) and targets (n, k).

    Features that are to become components, ``most`` at the most, do so without the fold that is
    left out. Where there are more features than examples, components that have seen an example set
    it apart from all others, and log-odds of the next one would be larger than any seen here.
    """
    logits = np.empty((len(penalties), *targets.shape), np.float32)
    for number in np.unique(fold):
        out = fold == number
        learned, left_out = features[~out], features[out]
        if most is not None:
            prepared = Prepared.of(learned, most)
            learned = prepared.values
            left_out = prepared.components.project(left_out).astype(np.float32)
        head = None
        for place, penalty in enumerate(penalties):
            head = fit_logistic(learned, targets[~out], penalty, start=head, device=device)
            logits[place, out] = head.logits(left_out)
    return [
        trial_of(name, penalty, some, targets, fold)
        for penalty, some in zip(penalties, logits, strict=True)
    ]


def trial_of(name: str, penalty: float, logits: Float32s, targets: Bools, fold: Int64s) -> Trial:
    """A trial that said ``logits`` (n, k) without having seen the ``fold`` (n,) of an example."""
    return Trial(name, penalty, logits, _by_fold(nats(logits, targets), fold))


def _by_fold(nats_of: Float32s, fold: Int64s) -> Float64s:
    return np.asarray(np.bincount(fold, nats_of.sum(1, np.float64)), np.float64)


def best(trials: Sequence[Trial], but: int | None = None) -> Trial:
    """The trial with the least loss, over all folds ``but`` one."""

    def loss(trial: Trial) -> float:
        return float(np.delete(trial.loss, [] if but is None else but).sum())

    return min(trials, key=loss)


def unseen_logits(trials: Sequence[Trial], fold: Int64s) -> Float32s:
    """(n, k) the logits of each fold, by the trial that is the best on the other folds.

    So neither the head nor the choice between trials has seen the examples.
    """
    chosen = [best(trials, but=number) for number in range(fold.max() + 1)]
    return np.stack([chosen[number].logits[row] for row, number in enumerate(fold.tolist())])
