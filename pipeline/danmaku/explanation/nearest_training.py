"""The training pictures most similar to those that comments are about.

n  comments   m  training pictures with comments   q  pictures of the video at once
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from pipeline.danmaku.evaluation.training_pictures import TrainingPictures
from pipeline.danmaku.explanation.model_output import ModelOutput
from pipeline.danmaku.training.corpus_file import TrainingCorpus
from pipeline.pictures.similarity import nearest_apart
from pipeline.runtime.arrays import Float32s, Int64s
from pipeline.runtime.clock import MILLISECONDS

NEAREST = 4
"""Training pictures shown for a comment."""
_MIN_GAP_MS = 2000  # so that they are of different moments
_MAX_BATCH_BYTES = 2**28  # of cosines
_MAX_COMMENTS = 5  # shown of each picture


class TrainingPicture(NamedTuple):
    """A training picture that one of the video's is similar to."""

    video: str
    """Name of its video's folder."""
    seconds: float
    """When its first frame begins."""
    jpeg: bytes
    comments: list[str]
    """What viewers wrote about it, the most frequent first."""


class NearestTraining(NamedTuple):
    """See ``pipeline.danmaku.explanation.explained_file``."""

    near: Int64s
    """(n, NEAREST)"""
    similarity: Float32s
    """(n, NEAREST)"""
    learned: list[TrainingPicture]
    """The pictures that ``near`` has indices of."""


def nearest_training(
    output: ModelOutput,
    corpus: TrainingCorpus,
    pictures: TrainingPictures,
    *,
    max_batch_bytes: int = _MAX_BATCH_BYTES,
) -> NearestTraining:
    """The training pictures most similar to each comment's picture, the most similar first.

    Of those less than two seconds apart in one video only the most similar counts. ``pictures``
    are those of ``corpus``.
    """
    time_ms = np.concatenate([video.first_ms for video in corpus.videos])
    # Many comments are about one picture: each is looked up once.
    shown, which = np.unique(output.inputs.picture, return_inverse=True)
    indices = np.empty((len(shown), NEAREST), np.int64)
    similarity = np.empty(indices.shape, np.float32)
    batch = max(1, max_batch_bytes // (len(pictures) * similarity.itemsize))
    for start in range(0, len(shown), batch):
        rows = slice(start, start + batch)
        cosines = pictures.cosines(output.bank.means[shown[rows]])
        indices[rows], similarity[rows] = nearest_apart(
            cosines, pictures.video, time_ms, count=NEAREST, min_gap_ms=_MIN_GAP_MS
        )
    used = np.unique(indices[indices >= 0])
    near = np.where(indices >= 0, np.searchsorted(used, indices), -1)
    learned = list(_training_pictures(corpus, pictures, used))
    return NearestTraining(near[which], similarity[which], learned)


def _training_pictures(
    corpus: TrainingCorpus, pictures: TrainingPictures, indices: Int64s
) -> Iterator[TrainingPicture]:
    starts = np.searchsorted(pictures.video, np.arange(len(corpus.videos)))
    for index in indices.tolist():
        number = int(pictures.video[index])
        video, own = corpus.videos[number], index - int(starts[number])
        texts = Counter(video.text[comment] for comment in pictures.comments[index])
        yield TrainingPicture(
            video=video.name,
            seconds=video.first_ms[own] / MILLISECONDS,
            jpeg=corpus.thumbnail(number, own),
            comments=[text for text, _ in texts.most_common(_MAX_COMMENTS)],
        )
