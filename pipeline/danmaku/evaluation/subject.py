"""What is measured: a model, and an episode it has not learned from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pipeline.captioning.model_file import Model
from pipeline.danmaku.alignment.aligned_file import Aligned
from pipeline.danmaku.comments.comments_file import GeneratedComment
from pipeline.danmaku.evaluation.evaluation_file import MeasuredOn
from pipeline.danmaku.evaluation.pointing import Whereabouts
from pipeline.danmaku.rate.model import RateModel
from pipeline.danmaku.training.corpus_file import TrainingVideo
from pipeline.evaluation.corpus import Sentence
from pipeline.pictures.frames_file import Frames
from pipeline.show.truth import Truth


@dataclass(frozen=True)
class Trained:
    """A model, and what it learned from."""

    model: Model
    rate: RateModel
    videos: Sequence[TrainingVideo]

    def sentences(self) -> list[Sentence]:
        """Every comment that it learned from, repetitions included."""
        return [
            tuple(video.aligned.words[index])
            for video in self.videos
            for index in np.flatnonzero(~video.aligned.dev).tolist()
        ]


@dataclass(frozen=True)
class Episode:
    """A video with comments, of which those marked in ``aligned.dev`` are measured."""

    name: str
    aligned: Aligned
    measured_on: MeasuredOn
    frames: Frames
    features: Path
    generated: Sequence[GeneratedComment]
    truth: Truth | None
    faces: Whereabouts | None = None
    """Of a named cast."""

    @classmethod
    def prepare(
        cls,
        name: str,
        aligned: Aligned,
        frames: Frames,
        features: Path,
        generated: Sequence[GeneratedComment],
        truth: Truth | None,
        learned: TrainingVideo | None,
        faces: Whereabouts | None = None,
    ) -> Episode:
        """Choose the comments to measure.

        ``learned`` is this video as the model learned from it, if it did. Then the comments that
        were held out are measured, unless the video has other comments by now.
        """
        on: MeasuredOn = "another video"
        if learned is not None:
            same = aligned.words == learned.aligned.words
            dev = learned.aligned.dev if same else np.zeros_like(aligned.dev)
            aligned = replace(aligned, dev=dev)
            on = "held-out comments" if aligned.dev.any() else "training comments"
        if on != "held-out comments":
            aligned = replace(aligned, dev=np.ones(len(aligned.line), bool))
        return cls(name, aligned, on, frames, features, generated, truth, faces)
