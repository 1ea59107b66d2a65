"""One score an example from several raters, and how far raters agree with themselves.

A rater's generosity is an offset to all of their scores. Scores are freed from offsets before they
are averaged, by least squares: score = example + rater, the offsets summing to 0 over all scores.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from pipeline.evaluation.intervals import Interval, mean_interval
from pipeline.runtime.arrays import Bools, Float64s, Int64s
from pipeline.runtime.sample_size import MIN_CLUSTERS

_ROUNDS = 200
_SETTLED = 1e-6
_CONTRARY = -0.3
"""Correlation of a rater's scores with those of the others from which the scale looks reversed."""


@dataclass(frozen=True)
class Ratings:
    """Scores as they were given, all (m,)."""

    example: Int64s
    rater: Int64s
    score: Float64s

    def offsets(self) -> Float64s:
        """(raters,) how much higher each one scores than others do."""
        raters, examples = int(self.rater.max()) + 1, int(self.example.max()) + 1
        offsets = np.zeros(raters)
        for _ in range(_ROUNDS):
            means = _means(self.score - offsets[self.rater], self.example, examples)
            new = _means(self.score - means[self.example], self.rater, raters)
            new = new - new[self.rater].mean()
            moved, offsets = float(np.abs(new - offsets).max()), new
            if moved < _SETTLED:
                break
        return offsets

    def means(self) -> Float64s:
        """(n,) the mean score of each example, freed from offsets."""
        freed = self.score - self.offsets()[self.rater]
        return _means(freed, self.example, int(self.example.max()) + 1)

    def contrary(self) -> list[int]:
        """Raters whose scores run against those of the others, as on a reversed scale.

        The most contrary comes first, and then who is so without it. Of two who contradict each
        other that is the one with fewer scores.
        """
        found: list[int] = []
        counted = np.ones(len(self.score), bool)
        while against := self._against(counted):
            count = np.bincount(self.rater)
            worst = min(against, key=lambda rater: (round(against[rater], 9), count[rater], -rater))
            found.append(worst)
            counted &= self.rater != worst
        return found

    def _against(self, counted: Bools) -> dict[int, float]:
        """The correlations of contrary raters with the others, of the scores that are counted."""
        found = {}
        for rater in np.unique(self.rater[counted]).tolist():
            own, others = counted & (self.rater == rater), counted & (self.rater != rater)
            both = np.intersect1d(self.example[own], self.example[others])
            if len(both) < MIN_CLUSTERS:
                continue
            n = int(self.example.max()) + 1
            mine = _means(self.score[own], self.example[own], n)[both]
            theirs = _means(self.score[others], self.example[others], n)[both]
            if np.ptp(mine) and np.ptp(theirs):
                found[rater] = float(np.corrcoef(mine, theirs)[0, 1])
        return {rater: value for rater, value in found.items() if value < _CONTRARY}


class Noise(msgspec.Struct, frozen=True):
    """How far raters agree with themselves, from examples that they rated again."""

    pairs: int
    """Examples that a rater rated again."""
    variance: Interval
    """Of a score about what the rater gives the example on average."""
    reliability: float
    """The share of the variance of the examples' scores that is not noise: how well two days'
    scores correlate."""
    ceiling: float
    """Its square root: how well what is really meant correlates with the scores."""


def noise_of(ratings: Ratings, scores: Float64s) -> Noise | None:
    """The noise in the ``scores`` (n,) of examples; None where too few were rated again."""
    again: dict[tuple[int, int], list[float]] = defaultdict(list)
    for example, rater, score in zip(ratings.example, ratings.rater, ratings.score, strict=True):
        again[int(example), int(rater)].append(float(score))
    repeated = {pair: given for pair, given in again.items() if len(given) > 1}
    if len(repeated) < MIN_CLUSTERS or not np.ptp(scores):
        return None
    variances = [float(np.var(given, ddof=1)) for given in repeated.values()]
    clusters = [example for example, _ in repeated]
    variance = mean_interval(variances, clusters)
    count = np.bincount(ratings.example, minlength=len(scores))
    in_scores = variance.mean * float(np.mean(1 / count))
    reliability = max(0.0, 1 - in_scores / float(scores.var()))
    return Noise(len(repeated), variance, reliability, reliability**0.5)


def numbered(names: Sequence[str]) -> Int64s:
    """(m,) a number for each name, in order of appearance."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], np.int64)


def _means(values: Float64s, group: Int64s, count: int) -> Float64s:
    """(count,) the mean of each group; 0 for one without values."""
    sums = np.bincount(group, values, count)
    return np.asarray(sums / np.maximum(1, np.bincount(group, minlength=count)))
