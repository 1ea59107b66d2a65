"""The training pictures that have comments, and how similar others are to them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.captioning.captioner import Captioner
from pipeline.danmaku.evaluation.corpus import Comment
from pipeline.danmaku.training.corpus_file import TrainingVideo
from pipeline.media.frame_times import Int64s

_BLOCK = 4096  # pictures; for all at once copies would take several times what is kept

Float32s = npt.NDArray[np.float32]


class LearnedPictures:
    """The m training pictures with comments that are not held out, by video and time."""

    video: Int64s
    """(m,) which of the training videos each is of."""
    picture: Int64s
    """(m,) its row in that video's files."""
    comments: list[list[int]]
    """Which comments of that video are about it, each at least one."""

    def __init__(self, videos: Sequence[TrainingVideo], captioner: Captioner) -> None:
        """``videos`` are those from which ``captioner`` learned."""
        self._videos = videos
        self.comments = []
        for video in videos:
            about: dict[int, list[int]] = {picture: [] for picture in video.picture.tolist()}
            for index in np.flatnonzero(~video.aligned.dev).tolist():
                about[int(video.aligned.picture[index])].append(index)
            self.comments += about.values()
        self.video = np.repeat(np.arange(len(videos)), [len(video.picture) for video in videos])
        self.picture = np.concatenate([video.picture for video in videos])
        self._mean = captioner.mean.cpu().numpy()
        self._scale = (captioner.std * captioner.spread).cpu().numpy()
        self._directions = self._directed(np.concatenate([video.mean for video in videos]))

    def __len__(self) -> int:
        return len(self.comments)

    def said(self, place: int) -> list[Comment]:
        """The comments about one of them, in their order in the video's files."""
        words = self._videos[int(self.video[place])].aligned.words
        return [tuple(words[index]) for index in self.comments[place]]

    def cosines(self, means: npt.NDArray[np.float16]) -> Float32s:
        """(n, m) how similar pictures with these mean positions (n, c) are to each of them.

        The cosine of mean positions, in units of how training pictures differ.
        """
        return np.asarray(self._directed(means) @ self._directions.T)

    def _directed(self, means: npt.NDArray[np.float16]) -> Float32s:
        """(n, c) of length 1."""
        found = np.empty(means.shape, np.float32)
        for start in range(0, len(means), _BLOCK):
            rows = slice(start, start + _BLOCK)
            normal = (means[rows].astype(np.float32) - self._mean) / self._scale
            length = np.linalg.norm(normal, axis=1, keepdims=True)
            found[rows] = normal / np.maximum(length, np.finfo(np.float32).tiny)
        return found
