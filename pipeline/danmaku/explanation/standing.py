"""How the model ranks its own comments among those it might have learned to write instead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from pipeline.captioning.likelihood import caption_nats
from pipeline.danmaku.explanation.subject import Written
from pipeline.evaluation.candidates import CONTEXT, Query, draw_candidates
from pipeline.evaluation.corpus import Corpus, Sentence
from pipeline.runtime.arrays import Int64s
from pipeline.runtime.progress import track
from pipeline.text.vocabulary import END


class Standings(NamedTuple):
    """The place of each comment by likelihood; see ``explained_file``."""

    rank: Int64s
    """(n,)"""
    candidates: Int64s
    """(n,)"""


def standings(written: Written, corpus: Corpus, most: int, seed: int) -> Standings:
    """Rank each comment among training comments that the model did not write in its second.

    These are the 99 that ``draw_candidates`` gives a query with one positive, fewer where
    training has not that many: the same for all comments of a second, which are not among one
    another's candidates. The comments of a second on one picture, and their candidates, are
    scored at one moment, that of the first of these comments: more would cost much, and they
    are less than a second apart. Of such moments at most ``most`` are asked, spread evenly; the
    comments of others have rank 0.
    """
    time_ms = np.array([comment.time_ms for comment in written.comments], np.int64)
    seconds = written.frames.times.seconds_of(time_ms)
    moments = np.stack([seconds, written.inputs.picture], 1)
    distinct, which = np.unique(moments, axis=0, return_inverse=True)
    asked = np.unique(np.linspace(0, len(distinct) - 1, min(most, len(distinct))).astype(np.int64))
    queries = _Queries(written, seconds)
    drawn = draw_candidates(
        [queries.of(second) for second in distinct[asked, 0].tolist()], corpus, seed
    )
    found = Standings(np.zeros_like(seconds), np.zeros_like(seconds))
    pairs = zip(asked.tolist(), drawn, strict=True)
    for moment, candidates in track(pairs, len(asked), "explain", "moments"):
        here = np.flatnonzero(which.reshape(-1) == moment)
        others = candidates.sentences[1:]
        found.rank[here] = _ranks(written, here, others)
        found.candidates[here] = len(others) + 1
    return found


class _Queries:
    """What is to be ranked in each second."""

    def __init__(self, written: Written, seconds: Int64s) -> None:
        time_ms = np.array([comment.time_ms for comment in written.comments], np.int64)
        order = np.argsort(time_ms, kind="stable")
        self._seconds = seconds[order]
        self._said = [tuple(written.comments[index].words) for index in order.tolist()]

    def of(self, second: int) -> Query:
        """One with a single positive, so that it has 99 other candidates wherever possible."""
        first, end = np.searchsorted(self._seconds, [second, second + 1]).tolist()
        here = self._said[first:end]
        context = self._said[max(0, first - CONTEXT) : first]
        return Query(second, second, tuple(context), (here[0],), frozenset(here))


def _ranks(written: Written, here: Int64s, others: Sequence[Sentence]) -> Int64s:
    """The places of comments ``here`` (k,), each among ``others``, at the moment of the first.

    That is the number of others that are strictly likelier, and 1.
    """
    said = [written.sentences[index] for index in here.tolist()]
    sentences = [[*words, END] for words in (*said, *map(written.model.encode, others))]
    moment = written.inputs.take(np.full(len(sentences), here[0]))
    nats = caption_nats(written.model.captioner, written.bank, moment, sentences)
    return np.asarray(1 + (nats[len(here) :] < nats[: len(here), None]).sum(1))
