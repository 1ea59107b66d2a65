"""What is explained: the comments that a model wrote on a video."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from pipeline.captioning.inputs import CaptionInputs
from pipeline.captioning.model_file import Model
from pipeline.danmaku.comments.comments_file import GeneratedComment
from pipeline.danmaku.training.inputs import inputs_of_generated
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.pictures.frames_file import Frames


@dataclass(frozen=True)
class ModelOutput:
    """A model, and the n comments it wrote on a video."""

    model: Model
    comments: Sequence[GeneratedComment]
    frames: Frames
    features: Path

    @cached_property
    def sentences(self) -> list[list[int]]:
        """(n,) the word ids of each comment, without an end mark."""
        return [self.model.encode(comment.words) for comment in self.comments]

    @cached_property
    def inputs(self) -> CaptionInputs:
        """(n,) what the comments were written from.

        Raises PipelineError BAD_ARTIFACT for a frame that the video does not have.
        """
        everything = np.arange(len(self.comments))
        spec = self.model.card.spec
        return inputs_of_generated(self.comments, self.sentences, everything, self.frames, spec)

    @cached_property
    def bank(self) -> FeatureBank:
        """The features of the video."""
        return self.model.bank(self.features)
