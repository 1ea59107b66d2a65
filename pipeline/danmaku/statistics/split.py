"""Counts of comments on both sides of the split into training and held-out ones."""

from __future__ import annotations

import msgspec
import numpy as np

from pipeline.runtime.arrays import Bools, Int64s


class Split(msgspec.Struct, frozen=True):
    """Comments on both sides of the split; those of the same words are one unique comment."""

    comments: int
    unique: int
    train: int
    train_unique: int
    dev: int
    dev_unique: int
    unique_in_both: int

    @classmethod
    def count(cls, unique: Int64s, dev: Bools) -> Split:
        """Count; ``unique`` (comments,) is a number that comments of the same words share."""
        train, held_out = np.unique(unique[~dev]), np.unique(unique[dev])
        both = len(np.intersect1d(train, held_out, assume_unique=True))
        return cls(
            comments=len(dev),
            unique=len(train) + len(held_out) - both,
            train=int((~dev).sum()),
            train_unique=len(train),
            dev=int(dev.sum()),
            dev_unique=len(held_out),
            unique_in_both=both,
        )
