"""The model and its rivals rank the same comments; who puts those first that were written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec
import numpy as np
import numpy.typing as npt

from pipeline.captioning.inputs import CaptionInputs
from pipeline.captioning.likelihood import caption_nats
from pipeline.danmaku.evaluation import baselines
from pipeline.danmaku.evaluation.baselines import Neighbours
from pipeline.danmaku.evaluation.corpus import Corpus, Floats
from pipeline.danmaku.evaluation.intervals import paired_difference
from pipeline.danmaku.evaluation.metrics import Outcomes, Scores, ranking_table
from pipeline.danmaku.evaluation.neighbours import LearnedPictures
from pipeline.danmaku.evaluation.ranking import Candidates, Query, draw_candidates
from pipeline.danmaku.evaluation.record import Interval, Ranking, RankingTable
from pipeline.danmaku.evaluation.subject import Episode, Trained
from pipeline.danmaku.training.history import CommentHistory
from pipeline.danmaku.training.inputs import inputs_at
from pipeline.media.frame_times import MILLISECONDS, Int64s
from pipeline.pictures.feature_bank import BlurredBank, FeatureBank
from pipeline.runtime.sample_size import is_enough
from pipeline.text.vocabulary import END

_NEAREST = 20  # training pictures whose comments retrieval reads


def hold_contest(
    trained: Trained,
    episode: Episode,
    bank: FeatureBank,
    corpus: Corpus,
    *,
    most_queries: int,
    block_s: float,
    seed: int,
) -> tuple[RankingTable, dict[str, Interval]]:
    """The table, and by how much the model's reciprocal rank is above each rival's.

    Of too few queries neither tells anything but how many there are.
    """
    queries = _queries(episode, most_queries, block_s, seed)
    candidates = draw_candidates(queries, corpus, seed)
    moments = _moments(trained, episode, queries)
    scorers: dict[str, Scores] = {
        **_model_scores(trained, episode, bank, moments, candidates, seed),
        "nearest pictures": baselines.retrieval_scores(
            _neighbours(trained, bank, moments.picture), candidates, corpus
        ),
        "context copy": baselines.context_scores(queries, candidates, corpus),
        "popularity": baselines.popularity_scores(candidates, corpus),
        "length": baselines.length_scores(candidates, corpus),
        "random": baselines.random_scores(candidates),
    }
    positives = [asked.positive for asked in candidates]
    reached = {
        name: Outcomes.of(scores, positives).reciprocal_rank for name, scores in scorers.items()
    }
    clusters = [query.cluster for query in queries]
    ahead = {
        name: paired_difference(reached["model"], theirs, clusters)
        for name, theirs in reached.items()
        if name != "model" and is_enough(len(queries))
    }
    table = ranking_table(queries, candidates, scorers)
    return RankingTable(_told(table.all), _told(table.without_popular)), ahead


def _told(ranking: Ranking) -> Ranking:
    return ranking if is_enough(ranking.queries) else msgspec.structs.replace(ranking, scorers={})


def _queries(episode: Episode, most: int, block_s: float, seed: int) -> list[Query]:
    """Seconds with comments to be measured, spread evenly over the video."""
    aligned, seconds = episode.aligned, episode.seconds
    order = np.argsort(aligned.time_ms, kind="stable")
    asked = np.unique(seconds[aligned.dev])
    asked = asked[np.unique(np.linspace(0, len(asked) - 1, most).astype(np.int64))]
    queries = []
    for second in asked.tolist():
        before = order[: np.searchsorted(seconds[order], second)]
        here = np.flatnonzero((seconds == second) & aligned.dev)
        queries.append(
            Query.of(
                int(second // block_s),
                second,
                [tuple(aligned.words[index]) for index in before[-10:].tolist()],
                [tuple(aligned.words[index]) for index in here.tolist()],
                seed,
            )
        )
    return queries


def _moments(trained: Trained, episode: Episode, queries: Sequence[Query]) -> CaptionInputs:
    """(queries,) the middle of each second, and what was seen a reaction before."""
    model, aligned = trained.model, episode.aligned
    spec = model.captioner.spec
    sentences = [model.encode(words) for words in aligned.words]
    history = CommentHistory.replayed(spec, aligned.time_ms, episode.seconds, sentences)
    seconds = np.array([query.second for query in queries])
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
    moments: CaptionInputs,
    candidates: Sequence[Candidates],
    seed: int,
) -> dict[str, Scores]:
    """Log-likelihoods with the picture, with another one, and against the mean picture.

    What was written is likeliest where the whole comment is; the mean a word, by which others
    rank, favours long comments of common words, and is told beside it.
    """
    model = trained.model
    sentences = [
        [*model.encode(comment), END] for asked in candidates for comment in asked.comments
    ]
    counts = [len(asked.comments) for asked in candidates]
    query = np.repeat(np.arange(len(candidates)), counts)
    words = np.array([len(sentence) for sentence in sentences])
    other = np.random.default_rng([seed, len(moments)]).permutation(len(moments))
    moved = replace(moments, picture=moments.picture[other], around=moments.around[other])

    def nats(pictures: FeatureBank, at: CaptionInputs) -> npt.NDArray[np.float64]:
        return caption_nats(model.captioner, pictures, at.take(query), sentences)

    def by_query(scores: Floats) -> list[Floats]:
        return np.split(scores, np.cumsum(counts)[:-1])

    seen = nats(bank, moments)
    blurred = nats(BlurredBank([episode.features], model.card.tap), moments)
    return {
        "model": by_query(-seen),
        "model, by the mean a word": by_query(-seen / words),
        "model, by what the picture tells": by_query(blurred - seen),
        "model, shuffled pictures": by_query(-nats(bank, moved)),
        "model, mean picture": by_query(-blurred),
    }


def _neighbours(trained: Trained, bank: FeatureBank, pictures: Int64s) -> list[Neighbours]:
    """Training comments at the pictures nearest to each of ``pictures`` (queries,)."""
    learned = LearnedPictures(trained.videos, trained.model.captioner)
    cosines = learned.cosines(bank.means[pictures])
    most = min(_NEAREST, len(learned))
    nearest = np.argpartition(-cosines, most - 1, axis=1)[:, :most]
    return [
        [
            (float(np.exp(row[place])), comment)
            for place in places.tolist()
            for comment in learned.said(place)
        ]
        for row, places in zip(cosines, nearest, strict=True)
    ]
