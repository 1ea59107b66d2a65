"""Rivals of the model, each of which knows less than it: their scores of candidates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from pipeline.danmaku.evaluation.corpus import Comment, Corpus, joined
from pipeline.danmaku.evaluation.ranking import Candidates, Query
from pipeline.runtime.arrays import Float64s

Neighbours = Sequence[tuple[float, Comment]]
"""Training comments at the pictures nearest to a query's, each with a positive weight."""

_COPY = 2.0  # more than any cosine
_SIMILARITY = 0.1
"""Share of similar words in the score of retrieval; the rest is for the same words."""


def random_scores(candidates: Sequence[Candidates]) -> list[Float64s]:
    """All the same: the metrics of ties are those of chance, without its noise."""
    return [np.zeros(len(asked.comments)) for asked in candidates]


def popularity_scores(candidates: Sequence[Candidates], corpus: Corpus) -> list[Float64s]:
    """How often training has the comment."""
    return [
        np.array([corpus.counts[comment] for comment in asked.comments], np.float64)
        for asked in candidates
    ]


def length_scores(candidates: Sequence[Candidates], corpus: Corpus) -> list[Float64s]:
    """How near the comment is to the mean length in training.

    This is all that a model knows which has learned how long comments are and no words. The
    shortest first would rather imitate a fault of scoring, the sum of log-probabilities.
    """
    lengths = [np.array([len(comment) for comment in asked.comments]) for asked in candidates]
    return [-np.abs(words - corpus.mean_length) for words in lengths]


def context_scores(
    queries: Sequence[Query], candidates: Sequence[Candidates], corpus: Corpus
) -> list[Float64s]:
    """Comments of the context first, the oftener the better, then by TF-IDF cosine to it."""
    contexts = corpus.vectors_of([joined(query.context) for query in queries])
    scores = []
    for query, asked, context in zip(queries, candidates, contexts, strict=True):
        said = Counter(query.context)
        copies = np.array([said[comment] for comment in asked.comments])
        cosines = corpus.vectors_of(asked.comments) @ context.toarray().ravel()
        scores.append(_COPY * copies + cosines)
    return scores


def retrieval_scores(
    neighbours: Sequence[Neighbours], candidates: Sequence[Candidates], corpus: Corpus
) -> list[Float64s]:
    """How often viewers wrote the comment at similar pictures, the more similar the more so.

    That is the share of the weight of all neighbours that is on this very comment. It is 0
    for most candidates, so the weighted mean of the TF-IDF cosines to the neighbours has a
    small share in the score; mostly it orders those of which none was found.
    """
    places = {comment: place for place, comment in enumerate(corpus.comments)}
    scores = []
    for near, asked in zip(neighbours, candidates, strict=True):
        weights: dict[Comment, float] = {}
        for weight, comment in near:
            weights[comment] = weights.get(comment, 0.0) + weight
        total = sum(weights.values()) or 1.0
        shares = np.array([weights.get(comment, 0.0) / total for comment in asked.comments])
        rows = corpus.vectors[[places[comment] for comment in weights]]
        profile = rows.T @ (np.array(list(weights.values())) / total)
        cosines = corpus.vectors_of(asked.comments) @ profile
        scores.append((1 - _SIMILARITY) * shares + _SIMILARITY * cosines)
    return scores
