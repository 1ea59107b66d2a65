"""Pictures like those that comments are about, among the ones that the model learned from.

n  comments   m  training pictures with comments   q  pictures of the video at once
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import h5py
import numpy as np

from pipeline.artifacts.comments import read_lines
from pipeline.artifacts.frames import Frames
from pipeline.comments.record import Comment
from pipeline.evaluation.corpus import Floats
from pipeline.evaluation.neighbours import Float32s, LearnedPictures
from pipeline.explanation.subject import LearnedVideo, Written
from pipeline.frames import thumbnail
from pipeline.timebase import MILLISECONDS, Int64s

NEAREST = 4
"""Training pictures shown for a comment."""
_APART_MS = 2000  # so that they are of different moments
_BLOCK_BYTES = 2**28  # of cosines
_LONGEST = 320  # pixels of a picture's longer side
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
    """See ``pipeline.artifacts.explained``."""

    near: Int64s
    """(n, NEAREST)"""
    similarity: Float32s
    """(n, NEAREST)"""
    learned: list[Likeness]
    """What ``near`` refers to."""


def resemblance(
    written: Written, videos: Sequence[LearnedVideo], pictures: LearnedPictures
) -> Resemblance:
    """The training pictures most like the picture of each comment, the most like first.

    Of those less than two seconds apart in one video only the most like counts. ``pictures`` are
    those of ``videos``.
    """
    time_ms = _times_ms(videos, pictures)
    shown, which = np.unique(written.moments.picture, return_inverse=True)
    places = np.empty((len(shown), NEAREST), np.int64)
    similarity = np.empty(places.shape, np.float32)
    block = max(1, _BLOCK_BYTES // (len(pictures) * similarity.itemsize))
    for start in range(0, len(shown), block):
        rows = slice(start, start + block)
        cosines = pictures.cosines(written.bank.means[shown[rows]])
        places[rows], similarity[rows] = nearest_apart(cosines, pictures.video, time_ms)
    named = np.unique(places[places >= 0])
    near = np.where(places >= 0, np.searchsorted(named, places), -1)
    learned = list(_learned(videos, pictures, time_ms, named))
    return Resemblance(near[which], similarity[which], learned)


def _times_ms(videos: Sequence[LearnedVideo], pictures: LearnedPictures) -> Floats:
    """(m,) when the first frame with each picture begins."""
    found = np.empty(len(pictures))
    for number, video in enumerate(videos):
        frames, here = Frames.load(video.frames), pictures.video == number
        first = frames.first_frames()[pictures.picture[here]]
        found[here] = frames.times.milliseconds(first)
    return found


def nearest_apart(cosines: Float32s, video: Int64s, time_ms: Floats) -> tuple[Int64s, Float32s]:
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


def _vicinity(video: Int64s, time_ms: Floats) -> Int64s:
    """(m, 2) the first and the end of the places too near each one, itself among them."""
    found = np.empty((len(video), 2), np.int64)
    for number in np.unique(video):
        here = np.flatnonzero(video == number)
        times = time_ms[here]
        found[here, 0] = here[0] + np.searchsorted(times, times - _APART_MS, side="right")
        found[here, 1] = here[0] + np.searchsorted(times, times + _APART_MS, side="left")
    return found


def _learned(
    videos: Sequence[LearnedVideo], pictures: LearnedPictures, time_ms: Floats, named: Int64s
) -> Iterator[Likeness]:
    """What the page shows of the ``named`` pictures (places among all), in their order."""
    for number, video in enumerate(videos):
        here = named[pictures.video[named] == number].tolist()
        lines = {place: video.aligned.line[pictures.comments[place]].tolist() for place in here}
        texts = _texts(video, set(chain.from_iterable(lines.values())))
        with h5py.File(video.frames, "r") as file:
            shape = int(file.attrs["width"]), int(file.attrs["height"])
            for place in here:
                squeezed = file["pictures"][pictures.picture[place]]
                said = Counter(texts[line] for line in lines[place])
                yield Likeness(
                    video=video.name,
                    seconds=time_ms[place] / MILLISECONDS,
                    jpeg=thumbnail(squeezed, shape, min(_LONGEST, len(squeezed))),
                    comments=[text for text, _ in said.most_common(_COMMENTS)],
                )


def _texts(video: LearnedVideo, lines: Container[int]) -> dict[int, str]:
    """The comments on these lines, as their authors wrote them."""
    written = enumerate(read_lines(video.comments, Comment))
    return {line: comment.text for line, comment in written if line in lines}
