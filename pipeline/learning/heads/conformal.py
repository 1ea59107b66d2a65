"""Intervals that hold as often as they say, whatever the errors are like (conformal prediction).

Errors of predictions for examples that were not learned from, each divided by how large an error is
expected, tell how far the next one may be off (Papadopoulos et al. 2002; Lei et al. 2018, section
5.2). All that is assumed is that the next example could as well have been one of these.
"""

from __future__ import annotations

import math

import numpy as np

from pipeline.runtime.arrays import Bools, Float64s, Int64s


def reach(errors: Float64s, spreads: Float64s, share: float) -> float:
    """How many ``spreads`` (n,) an interval must reach to hold in a ``share`` of cases.

    ``errors`` (n,) are of unseen examples. Infinite where n is too small to say.
    """
    relative = np.sort(np.abs(errors) / spreads)
    place = math.ceil(share * (len(relative) + 1))
    return float(relative[place - 1]) if place <= len(relative) else math.inf


def covered_unseen(errors: Float64s, spreads: Float64s, fold: Int64s, share: float) -> Bools:
    """(n,) whether an interval that has not seen the fold (n,) of an example holds for it."""
    covered = np.zeros(len(errors), bool)
    for number in np.unique(fold):
        out = fold == number
        limit = reach(errors[~out], spreads[~out], share)
        covered[out] = np.abs(errors[out]) <= limit * spreads[out]
    return covered
