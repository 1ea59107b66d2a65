"""Scores that baselines give to candidates, each of which knows less than a model does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from pipeline.evaluation.candidates import Candidates, Query
from pipeline.evaluation.corpus import Corpus, Sentence, concatenated
from pipeline.runtime.arrays import Float64s

Neighbours = Sequence[tuple[float, Sentence]]
"""Training sentences at the pictures nearest to a query's, each with a positive weight."""

_COPY = 2.0  # more than any cosine
_SIMILARITY = 0.1
"""Weight of word similarity in the retrieval score; the rest is for exact matches."""


def random_scores(candidates: Sequence[Candidates]) -> list[Float64s]:
    """Equal scores: with ties settled by expectation these are chance, without its noise."""
    return [np.zeros(len(drawn.sentences)) for drawn in candidates]


def popularity_scores(candidates: Sequence[Candidates], corpus: Corpus) -> list[Float64s]:
    """How often the sentence occurs in training."""
    return [
        np.array([corpus.counts[sentence] for sentence in drawn.sentences], np.float64)
        for drawn in candidates
    ]


def length_scores(candidates: Sequence[Candidates], corpus: Corpus) -> list[Float64s]:
    """Minus the distance from the mean sentence length in training.

    This is what a model that learned lengths and no words would score. Preferring the shortest
    would instead mimic an artefact of scoring by the sum of log-probabilities.
    """
    lengths = [np.array([len(sentence) for sentence in drawn.sentences]) for drawn in candidates]
    return [-np.abs(words - corpus.mean_length) for words in lengths]


def context_scores(
    queries: Sequence[Query], candidates: Sequence[Candidates], corpus: Corpus
) -> list[Float64s]:
    """Sentences of the context first, most frequent first, then by TF-IDF cosine to it."""
    contexts = corpus.tfidf([concatenated(query.context) for query in queries])
    scores = []
    for query, drawn, context in zip(queries, candidates, contexts, strict=True):
        counts = Counter(query.context)
        copies = np.array([counts[sentence] for sentence in drawn.sentences])
        cosines = corpus.tfidf(drawn.sentences) @ context.toarray().ravel()
        scores.append(_COPY * copies + cosines)
    return scores


def retrieval_scores(
    neighbours: Sequence[Neighbours], candidates: Sequence[Candidates], corpus: Corpus
) -> list[Float64s]:
    """How much of the neighbours' weight lies on the sentence.

    That share is 0 for most candidates, so the weighted mean of the TF-IDF cosines to the
    neighbours has a small part in the score; it mostly orders the candidates that no neighbour
    matches.
    """
    rows = {sentence: row for row, sentence in enumerate(corpus.sentences)}
    scores = []
    for near, drawn in zip(neighbours, candidates, strict=True):
        weights: dict[Sentence, float] = {}
        for weight, sentence in near:
            weights[sentence] = weights.get(sentence, 0.0) + weight
        total = sum(weights.values()) or 1.0
        shares = np.array([weights.get(sentence, 0.0) / total for sentence in drawn.sentences])
        vectors = corpus.vectors[[rows[sentence] for sentence in weights]]
        profile = vectors.T @ (np.array(list(weights.values())) / total)
        cosines = corpus.tfidf(drawn.sentences) @ profile
        scores.append((1 - _SIMILARITY) * shares + _SIMILARITY * cosines)
    return scores
