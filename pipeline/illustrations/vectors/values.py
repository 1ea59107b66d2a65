"""The values by which pictures are compared: vectors of a network, and quarters of its grids.

A vector says what is in a picture, and the means over the quarters of a grid say where: drawings of
the same thing in several styles agree in both (docs/illustrations.md).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from pipeline.pictures.feature_bank import FeatureBank
from pipeline.pictures.features_file import FeatureStore
from pipeline.runtime.arrays import Float16s, Int64s

_BATCH = 1024  # rows of a grid in memory at once


def compared_taps(store: FeatureStore, named: Sequence[str]) -> list[str]:
    """Those that are ``named``, or else the first vector and the first grid, as far as there are.

    Raises PipelineError INVALID_SETTING where one is not there.
    """
    if named:
        return [store.tap_named(name) for name in named]
    by_kind = {len(shape): name for name, shape in reversed(store.taps.items())}
    return [by_kind[kind] for kind in sorted(by_kind)]


def read_values(features: Path, taps: Sequence[str], rows: Int64s) -> list[Float16s]:
    """(n, c) for each tap, of ``rows`` (n,) of ``features.h5``."""
    return [_of_tap(FeatureBank([features], tap), rows) for tap in taps]


def values_of(found: Mapping[str, Float16s], taps: Sequence[str]) -> list[Float16s]:
    """(n, c) for each tap, of what a network ``found`` for n pictures."""
    return [_quartered(found[tap]) for tap in taps]


def _of_tap(bank: FeatureBank, rows: Int64s) -> Float16s:
    parts = (rows[start : start + _BATCH] for start in range(0, len(rows), _BATCH))
    return np.concatenate([_quartered(bank.gather(part).numpy()) for part in parts])


def _quartered(values: Float16s) -> Float16s:
    """(n, c) as it is, or (n, p, c) as (n, 4c); the grid of p positions is a square."""
    if values.ndim == 2:
        return values
    side = math.isqrt(values.shape[1])
    grid = values.reshape(len(values), side, side, -1)
    middle = -(-side // 2)
    quarters = [
        grid[:, down, across].mean((1, 2), np.float32)
        for down in (slice(middle), slice(side - middle, None))
        for across in (slice(middle), slice(side - middle, None))
    ]
    return np.concatenate(quarters, axis=1).astype(np.float16)
