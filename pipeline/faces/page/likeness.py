"""Which faces look alike, by the features of their crops or pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from pipeline.pictures.feature_bank import FeatureBank
from pipeline.pictures.features_file import FeatureStore
from pipeline.runtime.arrays import Float32s, Int64s

_NEAR: Final = 6
"""Others that are named."""
_ROWS: Final = 512
"""Compared with all others at once."""


def most_alike(features: Path, rows: Int64s) -> list[list[tuple[int, float]]]:
    """For each of some ``rows`` (n,) of a file, which others are most alike, and how much.

    They are places in ``rows``, with the cosines of vectors from the mean of all. What is no more
    alike than two pictures by chance is left out.
    """
    with FeatureStore(features) as store:
        tap = min(store.taps, key=lambda name: len(store.taps[name]))  # a vector before a grid
    vectors = np.asarray(FeatureBank([features], tap).means[rows], np.float32)
    vectors -= vectors.mean(0)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    return [near for start in range(0, len(rows), _ROWS) for near in _of_part(vectors, start)]


def _of_part(vectors: Float32s, start: int) -> list[list[tuple[int, float]]]:
    cosines = vectors[start : start + _ROWS] @ vectors.T
    own = np.arange(len(cosines))
    cosines[own, start + own] = -1
    order = np.argsort(-cosines, axis=1, kind="stable")[:, :_NEAR]
    nearest = np.take_along_axis(cosines, order, 1)
    pairs = (zip(*both, strict=True) for both in zip(order.tolist(), nearest.tolist(), strict=True))
    return [[(place, round(cosine, 3)) for place, cosine in some if cosine > 0] for some in pairs]
