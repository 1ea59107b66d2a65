"""A taste from rated faces: what to look at, how strong a penalty, how sure to be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from pipeline.learning.heads.calibration import Calibration, calibrated_unseen
from pipeline.learning.heads.conformal import covered_unseen, reach
from pipeline.learning.heads.cross_validation import (
    PENALTIES,
    Trial,
    best,
    cross_validated,
    folds_of,
    unseen_logits,
)
from pipeline.learning.heads.logistic import LogisticHead, fit_logistic
from pipeline.learning.heads.ordinal import Scale
from pipeline.learning.heads.prepared import TOGETHER, Prepared, joined
from pipeline.runtime.arrays import Bools, Float32s, Float64s, Int64s

_COMPONENTS = 200
"""Of a few hundred scores, more foretell others worse."""
COVERAGE = 0.9
"""The share of scores that lie within their intervals."""


@dataclass(frozen=True)
class Lesson:
    """What was tried, and what the best of it says of examples that it has not seen."""

    scale: Scale
    trials: list[Trial]
    chosen: Trial
    """The best of all."""
    head: Trial
    """The best of those that are heads on frozen features."""
    tuned: Trial | None
    """The one that is not, if there is one."""
    prepared: Prepared
    """The features of that one."""
    fold: Int64s
    """(n,)"""
    logits: Float32s
    """(n, k) by heads, chosen among, that have not seen the fold of an example."""
    said: Float64s
    """(n,) expected scores, calibrated on the other folds."""
    spreads: Float64s
    """(n,) standard deviations of what is probable."""
    scores: Float64s
    """(n,) as people gave them."""

    @property
    def reach(self) -> float:
        """Spreads that intervals reach on either side."""
        return reach(self.scores - self.said, self.spreads, COVERAGE)

    @property
    def covered(self) -> Bools:
        """(n,) whether an interval holds that has not seen the fold of an example."""
        return covered_unseen(self.scores - self.said, self.spreads, self.fold, COVERAGE)

    @property
    def taps(self) -> tuple[str, ...]:
        """Those of the best head."""
        return tuple(self.head.features.split(TOGETHER))

    @property
    def questions(self) -> Bools:
        """(n, k) what the scores say; see ``Scale``."""
        return self.scale.questions(self.scores)


def try_choices(
    taps: Mapping[str, Float32s],
    choices: Sequence[Sequence[str]],
    scale: Scale,
    scores: Float64s,
    units: Int64s,
    seed: int,
    device: torch.device | None = None,
    tuned: Callable[[Int64s], Trial] | None = None,
) -> Lesson:
    """Cross-validate heads on each of ``choices`` of ``taps`` (n, c), for ``scores`` (n,).

    ``tuned`` tries a network that is no head on these, too, for such folds (n,).
    """
    fold = folds_of(units, seed)
    questions = scale.questions(scores)
    features = {TOGETHER.join(names): joined(taps, names) for names in choices}
    trials = [
        trial
        for name, some in features.items()
        for trial in cross_validated(
            name, some, questions, fold, PENALTIES, device, most=_COMPONENTS
        )
    ]
    head = best(trials)
    by_network = tuned(fold) if tuned else None
    trials += [by_network] if by_network else []
    logits = unseen_logits(trials, fold)
    probabilities = calibrated_unseen(logits, questions, fold)
    return Lesson(
        scale,
        trials,
        best(trials),
        head,
        by_network,
        Prepared.of(features[head.features], _COMPONENTS),
        fold,
        logits,
        scale.scores(probabilities),
        scale.spreads(probabilities),
        scores,
    )


def learned_head(
    lesson: Lesson, device: torch.device | None = None
) -> tuple[LogisticHead, Calibration]:
    """The best head, fitted to all examples, and the calibration of what was chosen.

    The head reads roots of the taps' values.
    """
    questions = lesson.questions
    prepared, folds = lesson.prepared, int(lesson.fold.max()) + 1
    # As strong for each example as it was for fewer.
    penalty = lesson.head.penalty * folds / (folds - 1)
    head = fit_logistic(prepared.values, questions, penalty, device=device)
    return head.before(prepared.components), Calibration.fit(lesson.logits, questions)


def said_unseen(lesson: Lesson, features: Float32s, device: torch.device | None = None) -> Float64s:
    """(n,) what heads on other ``features`` (n, f) say of folds that they have not seen."""
    trials = cross_validated(
        "other", features, lesson.questions, lesson.fold, PENALTIES, device, most=_COMPONENTS
    )
    return said_by(lesson, trials)


def said_by(lesson: Lesson, trials: Sequence[Trial]) -> Float64s:
    """(n,) what the best of ``trials`` say of folds that they have not seen."""
    logits = unseen_logits(trials, lesson.fold)
    return lesson.scale.scores(calibrated_unseen(logits, lesson.questions, lesson.fold))


def nearest(vectors: Float32s, others: Float32s, count: int) -> tuple[Int64s, Float64s]:
    """(n, count) the most similar ``others`` (m, d) of each of ``vectors`` (n, d), by cosine."""
    cosines = _of_length_1(vectors) @ _of_length_1(others).T
    order = np.argsort(-cosines, axis=1, kind="stable")[:, :count]
    return order, np.take_along_axis(cosines, order, 1).astype(np.float64)


def _of_length_1(vectors: Float32s) -> Float32s:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, np.finfo(np.float32).tiny))
