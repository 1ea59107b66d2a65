"""The ranking benchmark: the model and baselines rank a picture's captions among a hundred."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.captioning.likelihood import caption_nats
from pipeline.captions.evaluation.subject import Subject
from pipeline.captions.inputs import inputs_of
from pipeline.captions.writing import judge
from pipeline.evaluation import baselines
from pipeline.evaluation.baselines import Neighbours
from pipeline.evaluation.candidates import Candidates, Query, draw_candidates
from pipeline.evaluation.intervals import Interval
from pipeline.evaluation.ranking import RankingTable, Scores, table_and_gains
from pipeline.runtime.arrays import Float64s
from pipeline.text.vocabulary import END

_MODEL = "model"


def run_ranking(
    subject: Subject, max_queries: int, blind_weight: float, seed: int
) -> tuple[RankingTable, dict[str, Interval]]:
    """Return the table, and the model's gain in reciprocal rank over each other scorer.

    The model ranks as it does when it writes: what a text gets without the picture counts against
    it with ``blind_weight``.
    With too few pictures both hold the number of queries only.
    """
    chosen = np.unique(np.linspace(0, len(subject.rows) - 1, max_queries).astype(np.int64))
    queries = [
        Query.sample(
            int(subject.clusters[place]),
            place,
            history=(),
            relevant=[text.sentence for text in subject.texts[place]],
            seed=seed,
        )
        for place in chosen.tolist()
    ]
    candidates = draw_candidates(queries, subject.corpus, seed)
    scorers: dict[str, Scores] = {
        **_model_scores(subject, queries, candidates, blind_weight, seed),
        "nearest pictures": baselines.retrieval_scores(
            _neighbours(subject, queries), candidates, subject.corpus
        ),
        "popularity": baselines.popularity_scores(candidates, subject.corpus),
        "length": baselines.length_scores(candidates, subject.corpus),
        "random": baselines.random_scores(candidates),
    }
    return table_and_gains(queries, candidates, scorers, _MODEL)


def _model_scores(
    subject: Subject,
    queries: Sequence[Query],
    candidates: Sequence[Candidates],
    blind_weight: float,
    seed: int,
) -> dict[str, Scores]:
    """The model's score, and log-likelihoods with the picture, another one or none."""
    model = subject.model
    sentences = [model.encode(text) for drawn in candidates for text in drawn.sentences]
    counts = [len(drawn.sentences) for drawn in candidates]
    query = np.repeat([query.key for query in queries], counts)
    seen, blind, _ = judge(model, subject.bank, subject.rows[query], sentences)
    inputs = inputs_of(subject.shuffled_rows(seed)[query], model.card.spec)
    shuffled = caption_nats(model.captioner, subject.bank, inputs, [[*s, END] for s in sentences])

    def by_query(scores: Float64s) -> list[Float64s]:
        return np.split(scores, np.cumsum(counts)[:-1])

    return {
        _MODEL: by_query(blind_weight * blind - seen),
        "model, likelihood": by_query(-seen),
        "model, PMI": by_query(blind - seen),
        "model, shuffled pictures": by_query(-shuffled),
        "model, text only": by_query(-blind),
    }


def _neighbours(subject: Subject, queries: Sequence[Query]) -> list[Neighbours]:
    """Training captions of the pictures nearest to each query's."""
    places, cosines = subject.nearest
    return [
        [
            (float(np.exp(cosine)), text.words)
            for place, cosine in zip(places[query.key].tolist(), cosines[query.key], strict=True)
            for text in subject.learned.texts[place]
        ]
        for query in queries
    ]
