"""Ratings of captions, whatever their scale: ranks among those of their collection."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.captioning.caption_set import UNKNOWN_STYLE
from pipeline.runtime.arrays import Float32s, Float64s, Int64s

STYLE = "rating"
"""What the captioner calls it that it predicts at the end of a caption."""
CLASSES = ["worst", "poor", "middling", "good", "best"]
"""Fifths of the rated captions of a collection."""


def rating_ranks(ratings: Sequence[Sequence[float | None]]) -> Float64s:
    """(n,) the rank of each text among the rated ones of its collection, from 0 to 1.

    Stars are spread over orders of magnitude and scales differ, and ranks do not care. Equal
    ratings share their mean rank; nan stands for no rating.
    """
    ranks: list[float] = []
    for given in ratings:
        known = np.sort([rating for rating in given if rating is not None])
        for rating in given:
            if rating is None:
                ranks.append(np.nan)
                continue
            below = np.searchsorted(known, rating, "left")
            through = np.searchsorted(known, rating, "right")
            ranks.append(float(below + through) / (2 * len(known)))
    return np.array(ranks)


def rating_weights(ranks: Float64s) -> Float32s:
    """(n,) how much texts count in training: from 0 for the worst to 2, and 1 without a rating."""
    return np.where(np.isnan(ranks), 1.0, 2 * ranks).astype(np.float32)


def rating_classes(ranks: Float64s) -> Int64s:
    """(n,) the class of each text."""
    last = len(CLASSES) - 1
    known = np.nan_to_num(ranks)
    classes = np.minimum((known * len(CLASSES)).astype(np.int64), last)
    return np.where(np.isnan(ranks), UNKNOWN_STYLE, classes)


def expected_rating(probabilities: Float64s) -> Float64s:
    """(n,) the expected rank, from 0 to 1, given the probabilities of the classes (n, 5)."""
    middles = (np.arange(len(CLASSES)) + 0.5) / len(CLASSES)
    return np.asarray(probabilities @ middles)
