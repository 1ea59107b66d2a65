"""The training pictures that have comments, and how similar other pictures are to them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.captioning.captioner import Captioner
from pipeline.danmaku.training.corpus_file import TrainingVideo
from pipeline.evaluation.corpus import Sentence
from pipeline.pictures.similarity import SimilarPictures
from pipeline.runtime.arrays import Float16s, Float32s, Int64s


class TrainingPictures:
    """The m training pictures with comments that are not held out, by video and time."""

    video: Int64s
    """(m,) the training video of each."""
    picture: Int64s
    """(m,) its row in that video's files."""
    comments: list[list[int]]
    """Indices of the comments of that video that are about it, at least one."""

    def __init__(self, videos: Sequence[TrainingVideo], captioner: Captioner) -> None:
        """``videos`` are those that ``captioner`` learned from."""
        self._videos = videos
        self.comments = []
        for video in videos:
            about: dict[int, list[int]] = {picture: [] for picture in video.picture.tolist()}
            for index in np.flatnonzero(~video.aligned.dev).tolist():
                about[int(video.aligned.picture[index])].append(index)
            self.comments += about.values()
        self.video = np.repeat(np.arange(len(videos)), [len(video.picture) for video in videos])
        self.picture = np.concatenate([video.picture for video in videos])
        self._similar = SimilarPictures(
            np.concatenate([video.mean for video in videos]),
            captioner.mean.cpu().numpy(),
            (captioner.std * captioner.spread).cpu().numpy(),
        )

    def __len__(self) -> int:
        return len(self.comments)

    def sentences(self, index: int) -> list[Sentence]:
        """The comments about one picture, in their order in the video's files."""
        words = self._videos[int(self.video[index])].aligned.words
        return [tuple(words[comment]) for comment in self.comments[index]]

    def cosines(self, means: Float16s) -> Float32s:
        """(n, m) the similarity of pictures to each of these.

        ``means`` (n, c) are mean positions of features. They are standardised by how the
        captioner's training pictures differ, and compared by their cosine.
        """
        return self._similar.cosines(means)
