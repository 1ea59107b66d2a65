"""Whitening: what the values of a network have in common counts less, and rare ones count more.

Values are first brought to their square roots, which keeps a few strong channels from deciding
alone. Then the mean of the collection is taken off, and the axes along which it spreads are scaled
to the same length. Axes of little spread are mostly noise, and the fewer pictures there are, the
more so are all; the mean spread, mixed into each, holds them back. docs/illustrations.md says what
each step brings.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np

from pipeline.runtime.arrays import Float16s, Float32s

_LEAST_SHARE = 0.3  # of the mean spread in each axis's
_MAX_ROWS = 20_000  # from which the spread is measured, evenly over a collection
_BATCH = 4096  # rows


class Whitening(NamedTuple):
    """Turns values of taps into vectors of length 1."""

    mean: Float32s
    """(c,) of the roots of all taps' values."""
    projection: Float32s
    """(c, c)."""

    @classmethod
    def of(cls, taps: Sequence[Float16s]) -> Self:
        """Whiten a collection with these values (n, channels) of each tap."""
        roots = _roots([values[:: -(-len(values) // _MAX_ROWS)] for values in taps])
        mean = roots.mean(0, np.float64).astype(np.float32)  # exact for channels that never change
        scale = _equal_shares(taps, roots - mean)
        scaled = (roots - mean) * scale
        spread, axes = np.linalg.eigh((scaled.T @ scaled).astype(np.float64) / len(scaled))
        count, channels = scaled.shape
        share = max(_LEAST_SHARE, channels / (channels + count))
        mean_spread = spread.clip(0).sum() / max(1, min(count - 1, channels))  # of axes with any
        spread = (1 - share) * spread.clip(0) + share * (mean_spread or 1)
        # Turned back, so that the vectors do not depend on which of equal axes comes first.
        projection = scale[:, None] * ((axes / np.sqrt(spread)) @ axes.T)
        return cls(mean, projection.astype(np.float32))

    @classmethod
    def none(cls, taps: Sequence[Float16s]) -> Self:
        """Only take roots, let each tap's channels count the same, and bring to length 1."""
        roots = _roots([values[:: -(-len(values) // _MAX_ROWS)] for values in taps])
        return cls(np.zeros_like(roots[0]), np.diag(_equal_shares(taps, roots)))

    def __call__(self, taps: Sequence[Float16s]) -> Float32s:
        """(n, c) the vectors for values (n, channels) of each tap; zeros for the very mean."""
        count = len(taps[0])
        vectors = np.empty((count, len(self.mean)), np.float32)
        for start in range(0, count, _BATCH):
            rows = slice(start, start + _BATCH)
            roots = _roots([values[rows] for values in taps])
            vectors[rows] = unit(np.asarray((roots - self.mean) @ self.projection))
        return vectors


def unit(vectors: Float32s) -> Float32s:
    """(…, c) brought to length 1, unless they are zero."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, np.finfo(np.float32).tiny))


def _roots(taps: Sequence[Float16s]) -> Float32s:
    """(n, c) square roots of all taps' values; those of negative values are negative."""
    numbers = np.concatenate(taps, axis=1).astype(np.float32)
    return np.asarray(np.sign(numbers) * np.sqrt(np.abs(numbers)))


def _equal_shares(taps: Sequence[Float16s], deviations: Float32s) -> Float32s:
    """(c,) factors that bring the channels of each tap to the same mean square, 1."""
    ends = np.cumsum([values.shape[1] for values in taps])[:-1]
    squares = [max(float(np.mean(part**2)), 1e-12) for part in np.split(deviations, ends, axis=1)]
    sizes = [values.shape[1] for values in taps]
    return np.repeat(np.array(squares, np.float32) ** -0.5, sizes)
