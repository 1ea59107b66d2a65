"""Whether probabilities mean what they say: reliability, and the error of it."""

from __future__ import annotations

import msgspec
import numpy as np

from pipeline.runtime.arrays import Bools, Floats

_BINS = 15


class Bin(msgspec.Struct, frozen=True):
    """The predictions between two probabilities."""

    count: int
    said: float
    """Their mean."""
    came: float
    """The share of them that came true."""


def reliability(probabilities: Floats, outcomes: Bools) -> list[Bin]:
    """Predictions of any shape by their probabilities, in 15 bins of equal width; none is empty."""
    said = np.asarray(probabilities, np.float64).ravel()
    number = np.minimum((said * _BINS).astype(np.int64), _BINS - 1)
    count = np.bincount(number, minlength=_BINS)
    sums = np.bincount(number, said, _BINS), np.bincount(number, outcomes.ravel(), _BINS)
    return [
        Bin(int(n), float(total / n), float(came / n))
        for n, total, came in zip(count, *sums, strict=True)
        if n
    ]


def calibration_error(probabilities: Floats, outcomes: Bools) -> float:
    """The expected calibration error: how far bins are off, weighted by their predictions.

    Naeini, Cooper and Hauskrecht 2015. Both arguments have one shape.
    """
    bins = reliability(probabilities, outcomes)
    total = sum(one.count for one in bins)
    return sum(one.count * abs(one.said - one.came) for one in bins) / total
