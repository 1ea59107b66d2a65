"""How right boxes are: average precision and recall, as COCO defines them for one class.

A box that a detector found is right if it overlaps one that is there, and that no more probable one
has taken, by at least some intersection over union. Average precision is the mean, over 101 recalls
from 0 to 1, of the best precision at that recall or more (Lin et al. 2014; pycocotools).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pipeline.runtime.arrays import Bools, Float32s, Float64s

_RECALLS = np.linspace(0, 1, 101)


class Matches(NamedTuple):
    """What was found on some pictures, compared with what is there."""

    scores: Float64s
    """(found,)"""
    right: Bools
    """(found,)"""
    there: int
    """Boxes that there are."""

    @classmethod
    def of_all(cls, some: Sequence[Matches]) -> Matches:
        """Those of several pictures."""
        scores = [one.scores for one in some] or [np.zeros(0)]
        right = [one.right for one in some] or [np.zeros(0, bool)]
        return cls(np.concatenate(scores), np.concatenate(right), sum(one.there for one in some))

    def recall(self, least: float = 0.0) -> float:
        """The share of what is there that is found with a score of at least ``least``."""
        return float((self.right & (self.scores >= least)).sum() / max(1, self.there))

    def average_precision(self) -> float:
        """0–1; nan where nothing is there."""
        if not self.there:
            return float("nan")
        right = self.right[np.argsort(-self.scores, kind="stable")]
        hits = np.cumsum(right)
        precision = hits / np.arange(1, len(right) + 1)
        precision = np.maximum.accumulate(precision[::-1])[::-1]
        places = np.searchsorted(hits / self.there, _RECALLS - 1e-12)
        return float(np.append(precision, 0.0)[np.minimum(places, len(right))].mean())


def match(overlap: Float64s, scores: Float32s, least: float) -> Matches:
    """Compare ``overlap`` (found, there), from 0 to 1, of what was found with what is there.

    The most probable box is matched first, with what it overlaps most of what is left.
    """
    found, there = overlap.shape
    right, free = np.zeros(found, bool), np.ones(there, bool)
    for place in np.argsort(-scores, kind="stable"):
        open_to = np.where(free, overlap[place], -1.0)
        if there and open_to.max() >= least:
            right[place] = True
            free[open_to.argmax()] = False
    return Matches(scores.astype(np.float64), right, there)
