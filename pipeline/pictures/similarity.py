"""Similar pictures: cosines of standardised feature vectors."""

from __future__ import annotations

import numpy as np

from pipeline.runtime.arrays import Float16s, Float32s

_BATCH = 4096  # vectors; for all at once copies would take several times what is kept


class SimilarPictures:
    """An index of m pictures by their feature vectors."""

    def __init__(
        self, vectors: Float16s, mean: Float32s, scale: Float32s, *, batch: int = _BATCH
    ) -> None:
        """Index ``vectors`` (m, c), standardised by ``mean`` and ``scale`` (c,)."""
        self._mean = mean
        self._scale = scale
        self._batch = batch
        self._directions = self._normalized(vectors)

    def cosines(self, vectors: Float16s) -> Float32s:
        """(n, m) the similarity of pictures with these ``vectors`` (n, c) to each indexed one."""
        return np.asarray(self._normalized(vectors) @ self._directions.T)

    def _normalized(self, vectors: Float16s) -> Float32s:
        """(n, c) standardised, and of length 1 unless a vector is just the mean."""
        directions = np.empty(vectors.shape, np.float32)
        for start in range(0, len(vectors), self._batch):
            rows = slice(start, start + self._batch)
            standardized = (vectors[rows].astype(np.float32) - self._mean) / self._scale
            length = np.linalg.norm(standardized, axis=1, keepdims=True)
            directions[rows] = standardized / np.maximum(length, np.finfo(np.float32).tiny)
        return directions
