"""How high a scorer ranks what was written.

Ties are settled by expectation: each metric is its mean over all orders of the tied. A
scorer that tells nothing apart is then exactly at chance, and ties neither help nor harm;
taking the metric of a mean rank instead would never credit such a scorer with a hit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from pipeline.danmaku.evaluation.intervals import mean_interval
from pipeline.danmaku.evaluation.ranking import Candidates, Query
from pipeline.danmaku.evaluation.record import Ranking, RankingTable, Standing
from pipeline.runtime.arrays import Bools, Float64s, Int64s

Scores = Sequence[Float64s]
"""(candidates,) for each query, higher is better."""


class Outcomes(NamedTuple):
    """Metrics of the best-ranked positive of each query, of shape (queries,)."""

    hit_1: Float64s
    """The chance that it is among the first 1; 0 or 1 without ties."""
    hit_5: Float64s
    hit_10: Float64s
    rank: Float64s
    """From 1."""
    reciprocal_rank: Float64s

    @classmethod
    def of(cls, scores: Scores, positives: Sequence[Bools]) -> Outcomes:
        """Rank the candidates of each query by their scores.

        Raises ValueError for a query without a positive, and for a score that is not a
        number: there is no rank for it that could not favour somebody.
        """
        rows = [_outcome(*pair) for pair in zip(scores, positives, strict=True)]
        return cls(*np.array(rows, np.float64).reshape(-1, len(cls._fields)).T)


def _outcome(scores: Float64s, positive: Bools) -> tuple[float, ...]:
    """The metrics of one query; both arguments of shape (candidates,)."""
    if scores.shape != positive.shape or not positive.any() or np.isnan(scores).any():
        raise ValueError("each candidate needs a score, and each query a positive")
    best = scores[positive].max()
    tied = scores == best
    among = np.arange(tied.sum())
    # (tied,) the chance that none of the tied positives is among the first 1, 2, …
    later = np.cumprod((len(among) - (tied & positive).sum() - among) / (len(among) - among))
    chances = -np.diff(later, prepend=1.0)
    ranks = (scores > best).sum() + 1 + among
    hits = (chances[ranks <= most].sum() for most in (1, 5, 10))
    return (*hits, chances @ ranks, chances @ (1 / ranks))


def ranking_table(
    queries: Sequence[Query],
    candidates: Sequence[Candidates],
    scorers: Mapping[str, Scores],
) -> RankingTable:
    """Rank by each of ``scorers``, with and without what popularity alone finds."""
    clusters = np.array([query.cluster for query in queries], np.int64)
    everything = [np.ones_like(asked.positive) for asked in candidates]
    fair = [~asked.colliding for asked in candidates]
    return RankingTable(
        _ranking(clusters, candidates, everything, scorers),
        _ranking(clusters, candidates, fair, scorers),
    )


def _ranking(
    clusters: Int64s,
    candidates: Sequence[Candidates],
    kept: Sequence[Bools],
    scorers: Mapping[str, Scores],
) -> Ranking:
    """Rank the ``kept`` (candidates,) of each query, where a positive is among them."""
    positives = [asked.positive[keep] for asked, keep in zip(candidates, kept, strict=True)]
    asked = [number for number, positive in enumerate(positives) if positive.any()]
    clusters = clusters[asked]
    standings = {}
    for name, scores in scorers.items() if asked else ():
        outcomes = Outcomes.of(
            [scores[number][kept[number]] for number in asked],
            [positives[number] for number in asked],
        )
        standings[name] = Standing(*(mean_interval(values, clusters) for values in outcomes))
    return Ranking(len(asked), len(np.unique(clusters)), standings)
