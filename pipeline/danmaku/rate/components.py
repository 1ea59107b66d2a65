"""Principal components of picture features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import PCA

from pipeline.runtime.arrays import Float32s, Float64s
from pipeline.runtime.sample_size import ROUNDING_32, is_constant

_NEGLIGIBLE = 1e-6
"""Spread of a component, relative to the first one, below which it is only rounding."""


@dataclass(frozen=True)
class PictureComponents:
    """The directions in which pictures differ most, in units of the first one's spread.

    They are fitted without looking at the counts, so they may be fitted on the seconds that
    cross-validation leaves out, too.
    """

    mean: Float64s
    """(c,)"""
    axes: Float64s
    """(k, c)"""

    @classmethod
    def fit(cls, pictures: Float32s, max_components: int) -> PictureComponents:
        """Fit to ``pictures`` (n, c), each channel standardised."""
        mean, std = pictures.mean(0, np.float64), pictures.std(0, np.float64)
        constant = is_constant(pictures, 0, ROUNDING_32)
        if constant.all():
            return cls(mean, np.empty((0, len(mean))))
        std = np.where(constant, 1, std)
        pca = PCA(min(max_components, *pictures.shape), random_state=0)
        spread = np.std(pca.fit_transform((pictures - mean) / std), axis=0)
        useful = spread > _NEGLIGIBLE * spread[0]
        return cls(mean, pca.components_[useful] / std / spread[0])

    def project(self, pictures: Float32s) -> Float64s:
        """(n, k) the components of ``pictures`` (n, c)."""
        return np.asarray((pictures - self.mean) @ self.axes.T)
