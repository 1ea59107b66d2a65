"""What is explained: the comments that a model wrote on a video."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch

from pipeline.captioning.attention_maps import moments_of
from pipeline.captioning.captioner import Captioner
from pipeline.captioning.examples import Moments
from pipeline.danmaku.comments.comments_file import GeneratedComment
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.pictures.frames_file import Frames
from pipeline.text.vocabulary import UNKNOWN, Vocabulary


@dataclass(frozen=True)
class ModelOutput:
    """A model, and the n comments it wrote on a video."""

    captioner: Captioner
    vocabulary: Vocabulary
    tap: str
    comments: Sequence[GeneratedComment]
    frames: Frames
    features: Path

    def sentence(self, words: Sequence[str]) -> list[int]:
        """The ids of a comment's words, without an end mark."""
        return [self._ids.get(word, UNKNOWN) for word in words]

    @cached_property
    def sentences(self) -> list[list[int]]:
        """(n,) the word ids of each comment, without an end mark."""
        return [self.sentence(comment.words) for comment in self.comments]

    @cached_property
    def moments(self) -> Moments:
        """(n,) the moments at which the comments were written.

        Raises PipelineError BAD_ARTIFACT for a frame that the video does not have.
        """
        everything = np.arange(len(self.comments))
        spec = self.captioner.spec
        return moments_of(self.comments, self.sentences, everything, self.frames, spec)

    @cached_property
    def bank(self) -> FeatureBank:
        """The features of the video."""
        return FeatureBank([self.features], self.tap)

    @property
    def device(self) -> torch.device:
        """Where the captioner lies."""
        return self.captioner.mean.device

    @cached_property
    def _ids(self) -> dict[str, int]:
        return self.vocabulary.ids()
