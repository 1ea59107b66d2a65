"""How the model ranks its own comments among training comments it might have written instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pipeline.captioning.likelihood import caption_nats
from pipeline.danmaku.explanation.model_output import ModelOutput
from pipeline.evaluation.candidates import CONTEXT, Query, draw_candidates
from pipeline.evaluation.corpus import Corpus, Sentence
from pipeline.runtime.arrays import Int64s
from pipeline.runtime.progress import track
from pipeline.text.vocabulary import END


class Ranks(NamedTuple):
    """The rank of each of n comments by likelihood; see ``explained_file``."""

    rank: Int64s
    """(n,)"""
    candidates: Int64s
    """(n,)"""


def rank_comments(output: ModelOutput, corpus: Corpus, max_moments: int, seed: int) -> Ranks:
    """Rank each comment among training comments that the model did not write in its second.

    These are the 99 that ``draw_candidates`` gives a query with one positive, fewer where
    training has not that many: the same for all comments of a second, which are not among one
    another's candidates. The comments of a second on one picture, and their candidates, are
    scored at one moment, that of the first of these comments: more would cost much, and they
    are less than a second apart. At most ``max_moments`` such moments are ranked, spread evenly;
    the comments of others have rank 0.
    """
    time_ms = np.array([comment.time_ms for comment in output.comments], np.int64)
    seconds = output.frames.times.seconds_of(time_ms)
    moments = np.stack([seconds, output.inputs.picture], 1)
    distinct, moment_of = np.unique(moments, axis=0, return_inverse=True)
    count = min(max_moments, len(distinct))
    ranked = np.unique(np.linspace(0, len(distinct) - 1, count).astype(np.int64))
    queries = _Queries(output, seconds)
    drawn = draw_candidates(
        [queries.at(second) for second in distinct[ranked, 0].tolist()], corpus, seed
    )
    ranks = Ranks(np.zeros_like(seconds), np.zeros_like(seconds))
    pairs = zip(ranked.tolist(), drawn, strict=True)
    for moment, candidates in track(pairs, len(ranked), "explain", "moments"):
        here = np.flatnonzero(moment_of.reshape(-1) == moment)
        # The first candidate is the query's positive, one of the comments themselves.
        others = candidates.sentences[1:]
        ranks.rank[here] = _ranks_among(output, here, others)
        ranks.candidates[here] = len(others) + 1
    return ranks


class _Queries:
    """The comments of each second as a query."""

    def __init__(self, output: ModelOutput, seconds: Int64s) -> None:
        time_ms = np.array([comment.time_ms for comment in output.comments], np.int64)
        order = np.argsort(time_ms, kind="stable")
        self._seconds = seconds[order]
        self._sentences = [tuple(output.comments[index].words) for index in order.tolist()]

    def at(self, second: int) -> Query:
        """A query with a single positive, so that it has 99 other candidates if possible."""
        first, end = np.searchsorted(self._seconds, [second, second + 1]).tolist()
        here = self._sentences[first:end]
        context = self._sentences[max(0, first - CONTEXT) : first]
        return Query(second, second, tuple(context), (here[0],), frozenset(here))


def _ranks_among(output: ModelOutput, here: Int64s, others: Sequence[Sentence]) -> Int64s:
    """(k,) the rank of each comment of ``here`` (k,) among ``others``, at the moment of the first.

    That is one more than the number of others that are strictly likelier.
    """
    own = [output.sentences[index] for index in here.tolist()]
    sentences = [[*words, END] for words in (*own, *map(output.model.encode, others))]
    moment = output.inputs.take(np.full(len(sentences), here[0]))
    nats = caption_nats(output.model.captioner, output.bank, moment, sentences)
    return np.asarray(1 + (nats[len(here) :] < nats[: len(here), None]).sum(1))
