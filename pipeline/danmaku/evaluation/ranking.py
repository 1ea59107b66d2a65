"""What a model is asked to rank: the comments of a second among a hundred candidates.

The protocol is LiveBot's (AAAI 2019) with its known faults mended: the context is of the
past only, no distractor was written in that second, and positives that are themselves
popular are marked, for popularity alone finds those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from pipeline.danmaku.evaluation.corpus import Comment, Corpus, joined
from pipeline.runtime.arrays import Bools

CANDIDATES = 100
POSITIVES = 5
PLAUSIBLE = 20
POPULAR = 20
CONTEXT = 5


@dataclass(frozen=True)
class Query:
    """A second of a held-out video."""

    cluster: int
    """Queries of one cluster stand or fall together, as those of a scene or a video do."""
    second: int
    """0 or more."""
    context: tuple[Comment, ...]
    """The last comments of earlier seconds, at most 5, the latest last."""
    positives: tuple[Comment, ...]
    """Distinct comments of this second, 1 to 5."""
    written: frozenset[Comment]
    """All comments of this second."""

    @classmethod
    def of(
        cls,
        cluster: int,
        second: int,
        earlier: Sequence[Comment],
        written: Iterable[Comment],
        seed: int,
    ) -> Query:
        """Draw the positives from ``written``, at least one; ``earlier`` in order of time."""
        distinct = sorted(set(written))
        if not distinct:
            raise ValueError(f"nothing was written in second {second}")
        drawn = np.random.default_rng([seed, second]).permutation(len(distinct))[:POSITIVES]
        positives = tuple(distinct[place] for place in drawn)
        return cls(cluster, second, tuple(earlier[-CONTEXT:]), positives, frozenset(distinct))


@dataclass(frozen=True)
class Candidates:
    """The comments of a query to rank; masks of shape (candidates,)."""

    comments: tuple[Comment, ...]
    """Distinct, the positives first; 100, or fewer where training has not that many."""
    positive: Bools
    colliding: Bools
    """Positives that are among the most popular training comments."""


def draw_candidates(queries: Sequence[Query], corpus: Corpus, seed: int) -> list[Candidates]:
    """The candidates of each query: the positives, then comments of training.

    Those are the nearest to the context by TF-IDF, the most popular ones, and as many others
    as are missing, every distinct comment with the same chance. None was written in that
    second. A query's candidates depend on the seed, its second and itself alone.
    """
    most = PLAUSIBLE + max((len(query.written) for query in queries), default=0)
    near = corpus.nearest([joined(query.context) for query in queries], most)
    return [_draw(*pair, corpus, seed) for pair in zip(queries, near, strict=True)]


def _draw(query: Query, near: Sequence[int], corpus: Corpus, seed: int) -> Candidates:
    def unwritten(places: Iterable[int]) -> Iterator[Comment]:
        comments = (corpus.comments[place] for place in places)
        return (comment for comment in comments if comment not in query.written)

    chosen = dict.fromkeys(query.positives)
    chosen |= dict.fromkeys(islice(unwritten(near), PLAUSIBLE))
    popular = corpus.comments[:POPULAR]
    chosen |= dict.fromkeys(unwritten(range(len(popular))))
    # Enough even if all that were written and all that are chosen are drawn.
    size = min(len(corpus.comments), CANDIDATES + len(query.written))
    draws = np.random.default_rng([seed, query.second])
    others = unwritten(draws.choice(len(corpus.comments), size, replace=False).tolist())
    new = (comment for comment in others if comment not in chosen)
    comments = (*chosen, *islice(new, CANDIDATES - len(chosen)))

    positive = np.arange(len(comments)) < len(query.positives)
    return Candidates(
        comments=comments,
        positive=positive,
        colliding=positive & np.array([comment in popular for comment in comments]),
    )
