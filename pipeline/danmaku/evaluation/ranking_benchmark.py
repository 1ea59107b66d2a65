"""The ranking benchmark: the model and baselines rank the same candidate comments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from pipeline.captioning.inputs import CaptionInputs
from pipeline.captioning.likelihood import caption_nats
from pipeline.danmaku.evaluation.subject import Episode, Trained
from pipeline.danmaku.evaluation.training_pictures import TrainingPictures
from pipeline.danmaku.evaluation.values_file import QueryValues, digest
from pipeline.danmaku.training.history import CommentHistory
from pipeline.danmaku.training.inputs import inputs_at
from pipeline.evaluation import baselines
from pipeline.evaluation.baselines import Neighbours
from pipeline.evaluation.candidates import CONTEXT, Candidates, Query, draw_candidates
from pipeline.evaluation.corpus import Corpus
from pipeline.evaluation.intervals import Interval
from pipeline.evaluation.ranking import QueryMetrics, RankingTable, Scores, table_and_gains
from pipeline.pictures.feature_bank import FeatureBank, MeanPictureBank
from pipeline.runtime.arrays import Float64s, Int64s
from pipeline.runtime.clock import MILLISECONDS
from pipeline.text.vocabulary import END

_NEAREST = 20  # training pictures whose comments the retrieval baseline reads


class Ranked(NamedTuple):
    """What the benchmark came to."""

    table: RankingTable
    gains: dict[str, Interval]
    """Of the model in reciprocal rank over each other scorer."""
    values: QueryValues
    """Of the model."""
    candidates: str
    """Digest of the queries, each with what was ranked."""


def run_ranking(
    trained: Trained,
    episode: Episode,
    bank: FeatureBank,
    corpus: Corpus,
    *,
    max_queries: int,
    block_s: float,
    seed: int,
) -> Ranked:
    """Rank candidates by all scorers; with too few queries the table holds their number only."""
    queries = _queries(episode, max_queries, block_s, seed)
    candidates = draw_candidates(queries, corpus, seed)
    inputs = _inputs(trained, episode, queries)
    scorers: dict[str, Scores] = {
        **_model_scores(trained, episode, bank, inputs, candidates, seed),
        "nearest pictures": baselines.retrieval_scores(
            _neighbours(trained, bank, inputs.picture), candidates, corpus
        ),
        "context copy": baselines.context_scores(queries, candidates, corpus),
        "popularity": baselines.popularity_scores(candidates, corpus),
        "length": baselines.length_scores(candidates, corpus),
        "random": baselines.random_scores(candidates),
    }
    table, gains = table_and_gains(queries, candidates, scorers, "model")
    metrics = QueryMetrics.compute(scorers["model"], [drawn.positive for drawn in candidates])
    second = np.array([query.key for query in queries], np.int64)
    block = np.array([query.cluster for query in queries], np.int64)
    told = digest(
        (query.key, len(query.positives), drawn.sentences)
        for query, drawn in zip(queries, candidates, strict=True)
    )
    return Ranked(table, gains, QueryValues(second, block, *metrics), told)


def _queries(episode: Episode, max_queries: int, block_s: float, seed: int) -> list[Query]:
    """Seconds with comments to measure, spread evenly over the video."""
    aligned, seconds = episode.aligned, episode.aligned.second
    order = np.argsort(aligned.time_ms, kind="stable")
    chosen = np.unique(seconds[aligned.dev])
    chosen = chosen[np.unique(np.linspace(0, len(chosen) - 1, max_queries).astype(np.int64))]
    queries = []
    for second in chosen.tolist():
        earlier = order[: np.searchsorted(seconds[order], second)]
        here = np.flatnonzero((seconds == second) & aligned.dev)
        queries.append(
            Query.sample(
                cluster=int(second // block_s),
                key=second,
                history=[tuple(aligned.words[index]) for index in earlier[-CONTEXT:].tolist()],
                relevant=[tuple(aligned.words[index]) for index in here.tolist()],
                seed=seed,
            )
        )
    return queries


def _inputs(trained: Trained, episode: Episode, queries: Sequence[Query]) -> CaptionInputs:
    """(queries,) the middle of each second, with the picture seen a reaction delay before."""
    aligned, spec = episode.aligned, trained.model.card.spec
    sentences = [trained.model.encode(words) for words in aligned.words]
    history = CommentHistory.replayed(spec, aligned.time_ms, aligned.second, sentences)
    seconds = np.array([query.key for query in queries])
    time_ms = seconds * MILLISECONDS + MILLISECONDS // 2
    return inputs_at(
        time_ms,
        episode.frames.times.frames_at(time_ms - aligned.delay_ms),
        aligned.per_second(),
        episode.frames,
        0,
        history.context_before(seconds),
        spec,
    )


def _model_scores(
    trained: Trained,
    episode: Episode,
    bank: FeatureBank,
    inputs: CaptionInputs,
    candidates: Sequence[Candidates],
    seed: int,
) -> dict[str, Scores]:
    """Log-likelihoods with the picture, with another one, and against the mean picture.

    The model's own score is the log-likelihood of the whole comment. The mean per word, which
    other work ranks by, favours long comments of common words; it is reported as well.
    """
    model = trained.model
    sentences = [
        [*model.encode(sentence), END] for drawn in candidates for sentence in drawn.sentences
    ]
    counts = [len(drawn.sentences) for drawn in candidates]
    query = np.repeat(np.arange(len(candidates)), counts)
    words = np.array([len(sentence) for sentence in sentences])
    other = np.random.default_rng([seed, len(inputs)]).permutation(len(inputs))
    shuffled = replace(inputs, picture=inputs.picture[other], around=inputs.around[other])

    def nats(pictures: FeatureBank, at: CaptionInputs) -> Float64s:
        return caption_nats(model.captioner, pictures, at.take(query), sentences)

    def by_query(scores: Float64s) -> list[Float64s]:
        return np.split(scores, np.cumsum(counts)[:-1])

    seen = nats(bank, inputs)
    mean_picture = nats(MeanPictureBank([episode.features], model.card.tap), inputs)
    return {
        "model": by_query(-seen),
        "model, mean per word": by_query(-seen / words),
        "model, PMI": by_query(mean_picture - seen),
        "model, shuffled pictures": by_query(-nats(bank, shuffled)),
        "model, mean picture": by_query(-mean_picture),
    }


def _neighbours(trained: Trained, bank: FeatureBank, pictures: Int64s) -> list[Neighbours]:
    """Training comments at the pictures nearest to each of ``pictures`` (queries,)."""
    training = TrainingPictures(trained.videos, trained.model.captioner)
    cosines = training.cosines(bank.means[pictures])
    count = min(_NEAREST, len(training))
    nearest = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
    return [
        [
            (float(np.exp(row[index])), sentence)
            for index in indices.tolist()
            for sentence in training.sentences(index)
        ]
        for row, indices in zip(cosines, nearest, strict=True)
    ]
