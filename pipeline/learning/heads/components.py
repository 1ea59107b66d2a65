"""Principal components of features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import PCA

from pipeline.runtime.arrays import Float32s, Float64s, Floats
from pipeline.runtime.sample_size import ROUNDING_32, is_constant

_NEGLIGIBLE = 1e-6
"""Spread of a component, relative to the first one, below which it is only rounding."""


@dataclass(frozen=True)
class Components:
    """The directions in which examples differ most, in units of the first one's spread.

    They are fitted without looking at what is to be learned, so they may be fitted on the
    examples that cross-validation leaves out, too.
    """

    mean: Float64s
    """(f,)"""
    axes: Float64s
    """(k, f)"""

    @classmethod
    def fit(cls, features: Floats, max_components: int, flatten: float = 0.0) -> Components:
        """Fit to ``features`` (n, f), each standardised.

        Spreads are raised to the power 1 − ``flatten``: 0 keeps them, and with 1 all are equal
        (whitening), so that a penalty on effects is the same for all.
        """
        mean, std = features.mean(0, np.float64), features.std(0, np.float64)
        constant = is_constant(features, 0, ROUNDING_32)
        if constant.all():
            return cls(mean, np.empty((0, len(mean))))
        std = np.where(constant, 1, std)
        pca = PCA(min(max_components, *features.shape), random_state=0)
        spread = np.std(pca.fit_transform((features - mean) / std), axis=0)
        useful = spread > _NEGLIGIBLE * spread[0]
        unit = spread[0] * (spread[useful, None] / spread[0]) ** flatten
        return cls(mean, pca.components_[useful] / std / unit)

    def project(self, features: Floats) -> Float64s:
        """(n, k) the components of ``features`` (n, f)."""
        return np.asarray((features - self.mean) @ self.axes.T)


def rooted(features: Floats) -> Float32s:
    """The square root of each value, with its sign.

    Activations have long tails: a few strong ones would outweigh all others. See Perronnin,
    Sánchez and Mensink 2010, section 3.2.
    """
    values = np.asarray(features, np.float32)
    return np.sign(values) * np.sqrt(np.abs(values))
