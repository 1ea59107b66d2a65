"""Similar pictures: cosines of standardised feature vectors, and the nearest by them."""

from __future__ import annotations

import numpy as np

from pipeline.runtime.arrays import Float16s, Float32s, Float64s, Int64s

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


def nearest_apart(
    cosines: Float32s, video: Int64s, time_ms: Float64s, *, count: int, min_gap_ms: float
) -> tuple[Int64s, Float32s]:
    """Indices and values of the ``count`` greatest of ``cosines`` (q, m): (q, count) both.

    The m pictures are in order of ``video`` (m,) and, within each, of ``time_ms`` (m,). One less
    than ``min_gap_ms`` from a more similar one of its video is passed over; of equally similar
    ones the first counts. Where none is left the index is -1 and the cosine 0. ``cosines`` are
    overwritten.
    """
    spans = _spans_within(video, time_ms, min_gap_ms)
    indices = np.full((len(cosines), count), -1, np.int64)
    greatest = np.zeros(indices.shape, np.float32)
    for query, row in enumerate(cosines):
        for rank in range(count):
            best = int(row.argmax())
            if row[best] == -np.inf:
                break
            indices[query, rank], greatest[query, rank] = best, row[best]
            # Take it out of the search, and with it all that is too near.
            row[slice(*spans[best])] = -np.inf
    return indices, greatest


def _spans_within(video: Int64s, time_ms: Float64s, gap_ms: float) -> Int64s:
    """(m, 2) first and end of the pictures less than ``gap_ms`` from each, which is one of them."""
    spans = np.empty((len(video), 2), np.int64)
    for number in np.unique(video):
        here = np.flatnonzero(video == number)
        times = time_ms[here]
        spans[here, 0] = here[0] + np.searchsorted(times, times - gap_ms, side="right")
        spans[here, 1] = here[0] + np.searchsorted(times, times + gap_ms, side="left")
    return spans
