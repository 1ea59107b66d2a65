"""What is measured: a model, and an episode it has not learned from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pipeline.captioning.model_file import Model
from pipeline.danmaku.alignment.aligned_file import Aligned
from pipeline.danmaku.comments.comments_file import GeneratedComment
from pipeline.danmaku.evaluation.corpus import Comment
from pipeline.danmaku.evaluation.record import MeasuredOn
from pipeline.danmaku.rate.model import RateModel
from pipeline.danmaku.training.corpus_file import TrainingVideo
from pipeline.media.frame_times import Int64s
from pipeline.pictures.frames_file import Frames
from pipeline.show.truth import Truth


@dataclass(frozen=True)
class Trained:
    """A model, and what it learned from."""

    model: Model
    rate: RateModel
    videos: Sequence[TrainingVideo]

    def comments(self) -> list[Comment]:
        """All that it learned from, with repetitions."""
        return [
            tuple(video.aligned.words[index])
            for video in self.videos
            for index in np.flatnonzero(~video.aligned.dev).tolist()
        ]


@dataclass(frozen=True)
class Episode:
    """A video with comments, of which ``aligned.dev`` are to be measured."""

    name: str
    aligned: Aligned
    measured_on: MeasuredOn
    frames: Frames
    features: Path
    generated: Sequence[GeneratedComment]
    truth: Truth | None

    @classmethod
    def of(
        cls,
        name: str,
        aligned: Aligned,
        frames: Frames,
        features: Path,
        generated: Sequence[GeneratedComment],
        truth: Truth | None,
        learned: TrainingVideo | None,
    ) -> Episode:
        """An episode that the model learned from as ``learned``, or did not learn from.

        What was held out then is measured, unless the comments are others now.
        """
        on: MeasuredOn = "another video"
        if learned is not None:
            same = aligned.words == learned.aligned.words
            dev = learned.aligned.dev if same else np.zeros_like(aligned.dev)
            aligned = replace(aligned, dev=dev)
            on = "held-out comments" if aligned.dev.any() else "training comments"
        if on != "held-out comments":
            aligned = replace(aligned, dev=np.ones(len(aligned.line), bool))
        return cls(name, aligned, on, frames, features, generated, truth)

    @property
    def seconds(self) -> Int64s:
        """(comments,) the second of the video in which each appears."""
        return self.frames.times.seconds_of(self.aligned.time_ms)
