"""Queries of a retrieval benchmark, and the hundred candidates that each is answered from.

The protocol is that of LiveBot (AAAI 2019) with its known flaws removed: the context holds the
past only, nothing that is itself a right answer serves as a distractor, and right answers that
are among the most popular training sentences are marked, because popularity alone finds those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from pipeline.evaluation.corpus import Corpus, Sentence, concatenated
from pipeline.runtime.arrays import Bools

CANDIDATES = 100
MAX_POSITIVES = 5
PLAUSIBLE = 20
"""Distractors that are near the context."""
POPULAR = 20
"""Distractors that are the most frequent training sentences."""
CONTEXT = 5
"""Sentences of a context."""


@dataclass(frozen=True)
class Query:
    """A question with known right answers, such as what viewers wrote in one second of a video."""

    cluster: int
    """Queries of one cluster are resampled together, such as those of a scene or a video."""
    key: int
    """Identifies the query, 0 or more; seeds what is drawn for it."""
    context: tuple[Sentence, ...]
    """What was written before, at most 5 sentences, the latest last."""
    positives: tuple[Sentence, ...]
    """Distinct right answers, 1 to 5."""
    relevant: frozenset[Sentence]
    """All right answers, none of which may be a distractor."""

    @classmethod
    def sample(
        cls,
        cluster: int,
        key: int,
        history: Sequence[Sentence],
        relevant: Iterable[Sentence],
        seed: int,
    ) -> Query:
        """Draw the positives from ``relevant``; ``history`` is in order of time.

        Raises ValueError if there is no right answer.
        """
        distinct = sorted(set(relevant))
        if not distinct:
            raise ValueError(f"query {key} has no right answer")
        order = np.random.default_rng([seed, key]).permutation(len(distinct))[:MAX_POSITIVES]
        positives = tuple(distinct[index] for index in order)
        return cls(cluster, key, tuple(history[-CONTEXT:]), positives, frozenset(distinct))


@dataclass(frozen=True)
class Candidates:
    """The sentences to rank for a query; masks are (candidates,)."""

    sentences: tuple[Sentence, ...]
    """Distinct, the positives first; 100, or fewer where training has fewer."""
    positive: Bools
    popular_positive: Bools
    """Positives that are among the most popular training sentences."""


def draw_candidates(queries: Sequence[Query], corpus: Corpus, seed: int) -> list[Candidates]:
    """The candidates of each query: its positives, then training sentences.

    These are the ones nearest to the context by TF-IDF, the most popular ones, and others up to
    the total, each distinct sentence with equal probability. None is a right answer.
    The candidates depend on the seed and the query alone, not on the other queries.
    """
    most = PLAUSIBLE + max((len(query.relevant) for query in queries), default=0)
    near = corpus.nearest([concatenated(query.context) for query in queries], most)
    return [_draw(*pair, corpus, seed) for pair in zip(queries, near, strict=True)]


def _draw(query: Query, near: Sequence[int], corpus: Corpus, seed: int) -> Candidates:
    def distractors(indices: Iterable[int]) -> Iterator[Sentence]:
        sentences = (corpus.sentences[index] for index in indices)
        return (sentence for sentence in sentences if sentence not in query.relevant)

    chosen = dict.fromkeys(query.positives)
    chosen |= dict.fromkeys(islice(distractors(near), PLAUSIBLE))
    popular = corpus.sentences[:POPULAR]
    chosen |= dict.fromkeys(distractors(range(len(popular))))
    # Enough draws even if every right answer and every sentence chosen so far is among them.
    size = min(len(corpus.sentences), CANDIDATES + len(query.relevant))
    draws = np.random.default_rng([seed, query.key])
    others = distractors(draws.choice(len(corpus.sentences), size, replace=False).tolist())
    new = (sentence for sentence in others if sentence not in chosen)
    sentences = (*chosen, *islice(new, CANDIDATES - len(chosen)))

    positive = np.arange(len(sentences)) < len(query.positives)
    return Candidates(
        sentences=sentences,
        positive=positive,
        popular_positive=positive & np.array([sentence in popular for sentence in sentences]),
    )
