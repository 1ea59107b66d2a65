"""Probabilities that mean what they say, from the log-odds of a head.

A tag's log-odds are stretched and shifted (Platt 1999). With enough examples the probability is
the mean of that and of any rising curve that fits (isotonic regression): the curve alone has steps,
on which the order of examples would be lost, and ends that are certain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.special import expit
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from pipeline.runtime.arrays import Bools, Float32s, Float64s, Int64s

ISOTONIC_FROM = 100
"""Examples with a tag, and without it, that a curve of any form takes; its error is about the
cube root of one over their number (Niculescu-Mizil and Caruana 2005 put the limit at 1,000)."""
_PLATT_PENALTY = 1.0
"""1 / variance expected of the slope."""


@dataclass(frozen=True)
class Calibration:
    """A rising curve from log-odds to a probability, for each of k tags."""

    slope: Float32s
    """(k,)"""
    shift: Float32s
    """(k,) log-odds are multiplied by ``slope`` and moved by ``shift``."""
    ends: Int64s
    """(k,) where the knots of each tag end in the two arrays below; none for a tag whose
    probability is the logistic function of its log-odds."""
    knots: Float32s
    """Log-odds, after slope and shift, in rising order."""
    heights: Float32s
    """The height of the rising curve at each knot; straight lines are between them."""

    @classmethod
    def fit(cls, logits: Float32s, targets: Bools) -> Self:
        """Fit to log-odds (n, k) of examples that the head has not seen, and what holds (n, k)."""
        count = targets.sum(0)
        enough = np.minimum(count, len(targets) - count) >= ISOTONIC_FROM
        slopes, shifts, ends = [], [], []
        knots, heights = [np.empty(0)], [np.empty(0)]
        for place, isotonic in enumerate(enough.tolist()):
            slope, shift = _platt(logits[:, place], targets[:, place])
            slopes.append(slope)
            shifts.append(shift)
            if isotonic:
                found = _isotonic(slope * logits[:, place] + shift, targets[:, place])
                knots.append(found[0])
                heights.append(found[1])
            ends.append(sum(map(len, knots)))
        return cls(
            np.array(slopes, np.float32),
            np.array(shifts, np.float32),
            np.array(ends, np.int64),
            np.concatenate(knots).astype(np.float32),
            np.concatenate(heights).astype(np.float32),
        )

    @property
    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """All that there is, by names, to be saved."""
        return vars(self)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Self:
        """From what was saved, maybe among others; KeyError where something is missing."""
        return cls(*(arrays[field.name] for field in fields(cls)))

    def __call__(self, logits: Float32s) -> Float32s:
        """(n, k) probabilities of ``logits`` (n, k)."""
        moved = self.slope * logits + self.shift
        probabilities: Float32s = expit(moved)
        begin = 0
        for place, end in enumerate(self.ends.tolist()):
            if end > begin:
                curve = self.knots[begin:end], self.heights[begin:end]
                rising = np.interp(moved[:, place], *curve)
                probabilities[:, place] = (probabilities[:, place] + rising) / 2
            begin = end
        return probabilities


def _platt(logits: Float32s, targets: Bools) -> tuple[float, float]:
    """Slope and shift by penalised likelihood; 1 and 0 for a tag of all examples or of none."""
    if targets.all() or not targets.any():
        return 1.0, 0.0
    regression = LogisticRegression(C=1 / _PLATT_PENALTY)
    regression.fit(logits[:, None], targets)
    slope = float(regression.coef_[0, 0])
    # Odds that say the opposite of what they should were learned from noise.
    return (slope, float(regression.intercept_[0])) if slope > 0 else (1.0, 0.0)


def _isotonic(logits: Float32s, targets: Bools) -> tuple[Float64s, Float64s]:
    """The ends of the steps of the isotonic fit: where they are, and how high."""
    fitted = IsotonicRegression(y_min=0, y_max=1).fit(logits, targets)
    return fitted.X_thresholds_, fitted.y_thresholds_


def calibrated_unseen(logits: Float32s, targets: Bools, fold: Int64s) -> Float32s:
    """(n, k) probabilities by curves that have not seen the fold (n,) of an example either."""
    probabilities = np.empty_like(logits)
    for number in np.unique(fold):
        out = fold == number
        probabilities[out] = Calibration.fit(logits[~out], targets[~out])(logits[out])
    return probabilities
