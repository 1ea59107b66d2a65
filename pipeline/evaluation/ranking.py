"""How high scorers rank the right answers among candidates.

Ties are settled by expectation: each metric is its mean over all orders of the tied candidates.
A scorer that cannot tell any two apart is then exactly at chance. Ranking tied candidates by
their mean rank instead would never credit such a scorer with a hit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from pipeline.evaluation.candidates import Candidates, Query
from pipeline.evaluation.intervals import Interval, mean_interval, paired_difference
from pipeline.runtime.arrays import Bools, Float64s, Int64s
from pipeline.runtime.sample_size import is_enough

Scores = Sequence[Float64s]
"""(candidates,) for each query, higher is better."""


class RankMetrics(msgspec.Struct, frozen=True):
    """Means over queries, for one scorer."""

    hit_1: Interval
    """Share of queries with a positive in first place."""
    hit_5: Interval
    hit_10: Interval
    rank: Interval
    """Of the best-ranked positive, from 1."""
    reciprocal_rank: Interval


class Ranking(msgspec.Struct, frozen=True):
    """Several scorers on the same queries."""

    queries: int
    clusters: int
    """What the intervals resample."""
    scorers: dict[str, RankMetrics]
    """Empty where there are too few queries."""


class RankingTable(msgspec.Struct, frozen=True):
    """Scorers by name, with and without the answers that popularity alone finds."""

    all: Ranking
    without_popular: Ranking
    """Popular positives are no candidates here; queries with no other positive are left out."""


class QueryMetrics(NamedTuple):
    """Metrics of the best-ranked positive of each query, each of shape (queries,)."""

    hit_1: Float64s
    """The probability that it is in first place: 0 or 1 where nothing is tied."""
    hit_5: Float64s
    hit_10: Float64s
    rank: Float64s
    """From 1."""
    reciprocal_rank: Float64s

    @classmethod
    def compute(cls, scores: Scores, positives: Sequence[Bools]) -> QueryMetrics:
        """Rank the candidates of each query by their scores.

        Raises ValueError for a query without a positive, and for a score that is nan: any rank
        for it would favour some scorer.
        """
        rows = [_metrics(*pair) for pair in zip(scores, positives, strict=True)]
        return cls(*np.array(rows, np.float64).reshape(-1, len(cls._fields)).T)


def _metrics(scores: Float64s, positive: Bools) -> tuple[float, ...]:
    """The metrics of one query; both arguments are (candidates,)."""
    if scores.shape != positive.shape or not positive.any() or np.isnan(scores).any():
        raise ValueError("each candidate needs a score, and each query a positive")
    best = scores[positive].max()
    tied = scores == best
    place = np.arange(tied.sum())
    # (tied,) the probability that the first 1, 2, … of the tied places hold no positive: drawing
    # without replacement, each place is missed with probability (negatives left) / (all left).
    missed = np.cumprod((len(place) - (tied & positive).sum() - place) / (len(place) - place))
    probability = -np.diff(missed, prepend=1.0)
    ranks = (scores > best).sum() + 1 + place
    hits = (probability[ranks <= depth].sum() for depth in (1, 5, 10))
    return (*hits, probability @ ranks, probability @ (1 / ranks))


def ranking_table(
    queries: Sequence[Query],
    candidates: Sequence[Candidates],
    scorers: Mapping[str, Scores],
) -> RankingTable:
    """Rank by each of ``scorers``, with and without the positives that are popular."""
    clusters = np.array([query.cluster for query in queries], np.int64)
    everything = [np.ones_like(drawn.positive) for drawn in candidates]
    unpopular = [~drawn.popular_positive for drawn in candidates]
    return RankingTable(
        _ranking(clusters, candidates, everything, scorers),
        _ranking(clusters, candidates, unpopular, scorers),
    )


def table_and_gains(
    queries: Sequence[Query],
    candidates: Sequence[Candidates],
    scorers: Mapping[str, Scores],
    subject: str,
) -> tuple[RankingTable, dict[str, Interval]]:
    """The table, and how far the scorer ``subject`` is ahead of each other in reciprocal rank.

    Where there are too few queries both hold their number only.
    """
    table = ranking_table(queries, candidates, scorers)
    shown = RankingTable(_if_enough(table.all), _if_enough(table.without_popular))
    return shown, _gains(queries, candidates, scorers, subject) if is_enough(len(queries)) else {}


def _if_enough(ranking: Ranking) -> Ranking:
    """The ranking without its scorers where it has too few queries."""
    return ranking if is_enough(ranking.queries) else msgspec.structs.replace(ranking, scorers={})


def _gains(
    queries: Sequence[Query],
    candidates: Sequence[Candidates],
    scorers: Mapping[str, Scores],
    subject: str,
) -> dict[str, Interval]:
    positives = [drawn.positive for drawn in candidates]
    clusters = [query.cluster for query in queries]
    ranks = {
        name: QueryMetrics.compute(scores, positives).reciprocal_rank
        for name, scores in scorers.items()
    }
    own = ranks.pop(subject)
    return {name: paired_difference(own, other, clusters) for name, other in ranks.items()}


def _ranking(
    clusters: Int64s,
    candidates: Sequence[Candidates],
    kept: Sequence[Bools],
    scorers: Mapping[str, Scores],
) -> Ranking:
    """Rank the ``kept`` (candidates,) of each query that has a positive among them."""
    positives = [drawn.positive[keep] for drawn, keep in zip(candidates, kept, strict=True)]
    usable = [index for index, positive in enumerate(positives) if positive.any()]
    clusters = clusters[usable]
    metrics = {}
    for name, scores in scorers.items() if usable else ():
        by_query = QueryMetrics.compute(
            [scores[index][kept[index]] for index in usable],
            [positives[index] for index in usable],
        )
        metrics[name] = RankMetrics(*(mean_interval(values, clusters) for values in by_query))
    return Ranking(len(usable), len(np.unique(clusters)), metrics)
