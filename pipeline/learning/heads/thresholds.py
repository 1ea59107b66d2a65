"""From which probability on a tag holds."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import numpy as np

from pipeline.runtime.arrays import Bools, Float32s, Float64s, Floats

Measure: TypeAlias = Literal["f0.5", "f1", "f2"]
"""What a threshold maximises: F1 weighs precision and recall alike, F0.5 precision twice, and F2
recall."""
MEASURES: Final[tuple[Measure, ...]] = ("f0.5", "f1", "f2")
NEVER: Final = np.inf
"""The threshold of a tag that never holds."""


def best_thresholds(probabilities: Float32s, targets: Bools, measure: Measure) -> Float32s:
    """(k,) for probabilities and what holds (n, k); ``NEVER`` for a tag that no example has.

    A threshold lies half-way between two probabilities that occur, so that neither is on it.
    """
    beta = float(measure[1:])
    return np.array(
        [_best(*pair, beta) for pair in zip(probabilities.T, targets.T, strict=True)], np.float32
    )


def _best(probabilities: Float32s, holds: Bools, beta: float) -> float:
    if not holds.any():
        return NEVER
    order = np.argsort(-probabilities, kind="stable")
    falling = probabilities[order].astype(np.float64)
    # Only where the next probability is less can a threshold be.
    possible = np.flatnonzero(np.append(np.diff(falling) < 0, True))
    right = np.cumsum(holds[order])[possible]
    score = (1 + beta**2) * right / (possible + 1 + beta**2 * holds.sum())
    last = possible[int(score.argmax())]
    below = falling[last + 1] if last + 1 < len(falling) else 0.0
    return float((falling[last] + below) / 2)


def mcut(probabilities: Floats) -> Float64s:
    """(n,) the threshold of each example by the widest gap between its k probabilities.

    Largeron, Moulin and Géry 2012, "MCut: A Thresholding Strategy for Multi-label Classification".
    """
    falling = -np.sort(-probabilities.astype(np.float64), 1)
    if falling.shape[1] < 2:
        return np.full(len(falling), 0.5)
    widest = (falling[:, :-1] - falling[:, 1:]).argmax(1)[:, None]
    pair = np.take_along_axis(falling, np.concatenate([widest, widest + 1], 1), 1)
    return np.asarray(pair.mean(1))
