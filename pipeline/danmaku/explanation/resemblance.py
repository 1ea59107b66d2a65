"""Pictures like those that comments are about, among the ones that the model learned from.

n  comments   m  training pictures with comments   q  pictures of the video at once
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from pipeline.danmaku.evaluation.training_pictures import TrainingPictures
from pipeline.danmaku.explanation.subject import Written
from pipeline.danmaku.training.corpus_file import TrainingCorpus
from pipeline.runtime.arrays import Float32s, Float64s, Int64s
from pipeline.runtime.clock import MILLISECONDS

NEAREST = 4
"""Training pictures shown for a comment."""
_APART_MS = 2000  # so that they are of different moments
_BLOCK_BYTES = 2**28  # of cosines
_COMMENTS = 5  # shown of each picture


class Likeness(NamedTuple):
    """A training picture that one of the video's is like."""

    video: str
    """Name of its video's folder."""
    seconds: float
    """When its first frame begins."""
    jpeg: bytes
    comments: list[str]
    """What viewers wrote about it, the most frequent first."""


class Resemblance(NamedTuple):
    """See ``pipeline.danmaku.explanation.explained_file``."""

    near: Int64s
    """(n, NEAREST)"""
    similarity: Float32s
    """(n, NEAREST)"""
    learned: list[Likeness]
    """What ``near`` refers to."""


def resemblance(
    written: Written, corpus: TrainingCorpus, pictures: TrainingPictures
) -> Resemblance:
    """The training pictures most like the picture of each comment, the most like first.

    Of those less than two seconds apart in one video only the most like counts. ``pictures`` are
    those of ``corpus``.
    """
    time_ms = np.concatenate([video.first_ms for video in corpus.videos])
    shown, which = np.unique(written.inputs.picture, return_inverse=True)
    places = np.empty((len(shown), NEAREST), np.int64)
    similarity = np.empty(places.shape, np.float32)
    block = max(1, _BLOCK_BYTES // (len(pictures) * similarity.itemsize))
    for start in range(0, len(shown), block):
        rows = slice(start, start + block)
        cosines = pictures.cosines(written.bank.means[shown[rows]])
        places[rows], similarity[rows] = nearest_apart(cosines, pictures.video, time_ms)
    named = np.unique(places[places >= 0])
    near = np.where(places >= 0, np.searchsorted(named, places), -1)
    learned = list(_learned(corpus, pictures, named))
    return Resemblance(near[which], similarity[which], learned)


def nearest_apart(cosines: Float32s, video: Int64s, time_ms: Float64s) -> tuple[Int64s, Float32s]:
    """The places of the greatest of ``cosines`` (q, m), and these: (q, NEAREST) both.

    Pictures are in order of ``video`` (m,) and, within each, of ``time_ms`` (m,). One less than
    two seconds from a more similar one of its video is passed over; of equally similar ones the
    first counts. Where none is left the place is -1 and the cosine 0. ``cosines`` are used up.
    """
    near_each = _vicinity(video, time_ms)
    places = np.full((len(cosines), NEAREST), -1, np.int64)
    greatest = np.zeros(places.shape, np.float32)
    for query, row in enumerate(cosines):
        for rank in range(NEAREST):
            best = int(row.argmax())
            if row[best] == -np.inf:
                break
            places[query, rank], greatest[query, rank] = best, row[best]
            row[slice(*near_each[best])] = -np.inf
    return places, greatest


def _vicinity(video: Int64s, time_ms: Float64s) -> Int64s:
    """(m, 2) the first and the end of the places too near each one, itself among them."""
    found = np.empty((len(video), 2), np.int64)
    for number in np.unique(video):
        here = np.flatnonzero(video == number)
        times = time_ms[here]
        found[here, 0] = here[0] + np.searchsorted(times, times - _APART_MS, side="right")
        found[here, 1] = here[0] + np.searchsorted(times, times + _APART_MS, side="left")
    return found


def _learned(
    corpus: TrainingCorpus, pictures: TrainingPictures, named: Int64s
) -> Iterator[Likeness]:
    """What the page shows of the ``named`` pictures (places among all), in their order."""
    starts = np.searchsorted(pictures.video, np.arange(len(corpus.videos)))
    for place in named.tolist():
        number = int(pictures.video[place])
        video, own = corpus.videos[number], place - int(starts[number])
        said = Counter(video.text[index] for index in pictures.comments[place])
        yield Likeness(
            video=video.name,
            seconds=video.first_ms[own] / MILLISECONDS,
            jpeg=corpus.thumbnail(number, own),
            comments=[text for text, _ in said.most_common(_COMMENTS)],
        )
