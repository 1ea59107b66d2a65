"""Scores on a scale of any kind, as several questions: whether one is more than 1, than 2, than 3.

Frank and Hall 2001, "A Simple Approach to Ordinal Classification". The answers are tags to the
other heads, so penalties, cross-validation and calibration are the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from pipeline.runtime.arrays import Bools, Float32s, Float64s, Floats

_MOST_LEVELS = 10
_LEAST_SPREAD = 0.05
"""Of the whole scale: nobody is so sure of a score."""


@dataclass(frozen=True)
class Scale:
    """The levels of a scale, which need not be equally far apart."""

    levels: Float64s
    """(k + 1,) rising."""

    @classmethod
    def of(cls, scores: Float64s) -> Self:
        """The values that occur in ``scores`` (n,); of many, the means of tenths of the scores.

        Raises ValueError where all are equal.
        """
        levels = np.unique(scores)
        if len(levels) > _MOST_LEVELS:
            parts = np.array_split(np.sort(scores), _MOST_LEVELS)
            levels = np.unique([part.mean() for part in parts])
        if len(levels) < 2:
            raise ValueError("scores of one value are no scale")
        return cls(levels)

    def questions(self, scores: Float64s) -> Bools:
        """(n, k) whether each of ``scores`` (n,) is nearer to a level above the k-th than to it."""
        between = (self.levels[1:] + self.levels[:-1]) / 2
        return np.asarray(scores[:, None] > between)

    def scores(self, probabilities: Floats) -> Float64s:
        """(n,) expected scores, from ``probabilities`` (n, k) that each question is answered yes.

        A score rises with each of them.
        """
        return np.asarray(self.levels[0] + _falling(probabilities) @ np.diff(self.levels))

    def spreads(self, probabilities: Floats) -> Float64s:
        """(n,) standard deviations of the scores that are probable."""
        falling = _falling(probabilities)
        ones, zeros = np.ones((len(falling), 1)), np.zeros((len(falling), 1))
        shares = -np.diff(np.hstack([ones, falling, zeros]), axis=1)
        mean = shares @ self.levels
        variance = np.maximum(0.0, shares @ self.levels**2 - mean**2)
        return np.sqrt(variance + (_LEAST_SPREAD * np.ptp(self.levels)) ** 2)

    def clipped(self, scores: Float64s) -> Float64s:
        """``scores`` within the scale."""
        return np.clip(scores, self.levels[0], self.levels[-1])


def _falling(probabilities: Floats) -> Float64s:
    """What is more than 3 is more than 2: no probability is above the one before it."""
    return np.minimum.accumulate(np.asarray(probabilities, np.float64), 1)


def score_effects(scale: Scale, logits: Float32s) -> Float64s:
    """(n, k) how fast a score rises with each of the logits."""
    probability = 1 / (1 + np.exp(-logits.astype(np.float64)))
    return np.asarray(probability * (1 - probability) * np.diff(scale.levels))
