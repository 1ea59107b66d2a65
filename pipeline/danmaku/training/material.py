"""All that a captioner of comments learns from: the files of the training videos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import torch

from pipeline.captioning.build import build_captioner
from pipeline.captioning.caption_set import CaptionSet
from pipeline.captioning.captioner import CaptionerSpec
from pipeline.captioning.model_file import Model, ModelCard
from pipeline.captioning.settings import Architecture
from pipeline.danmaku.alignment.aligned_file import Aligned
from pipeline.danmaku.alignment.held_out import hold_out_videos
from pipeline.danmaku.training.comment_sets import split_comments
from pipeline.danmaku.training.style import style_classes
from pipeline.pictures.feature_bank import FeatureBank, check_same_backbone
from pipeline.pictures.frames_file import Frames
from pipeline.text.vocabulary import Vocabulary


@dataclass(frozen=True)
class TrainingMaterial:
    """The training videos, in one order everywhere."""

    names: list[str]
    """Of the folders of the videos."""
    videos: list[Aligned]
    frames: list[Frames]
    vocabulary: Vocabulary
    bank: FeatureBank
    """The features of all videos that suit the captioner."""
    tap: str
    backbone: str
    weights: str

    @classmethod
    def load(
        cls,
        aligned: Sequence[Path],
        frames: Sequence[Path],
        features: Sequence[Path],
        vocabulary: Path,
        *,
        grid: bool,
    ) -> TrainingMaterial:
        """Read the files of each video; ``grid`` says which kind of features are wanted.

        Raises PipelineError BAD_ARTIFACT where the features of the videos differ in kind.
        """
        tap, backbone, weights, _ = check_same_backbone(features, grid=grid)
        return cls(
            [path.parent.name for path in aligned],
            hold_out_videos({path.parent.name: Aligned.load(path) for path in aligned}),
            [Frames.load(path) for path in frames],
            Vocabulary.load(vocabulary),
            FeatureBank(features, tap),
            tap,
            backbone,
            weights,
        )

    def fresh_model(self, architecture: Architecture, seed: int) -> Model:
        """A model that has learned nothing but the statistics of the features."""
        spec = CaptionerSpec(
            **msgspec.structs.asdict(architecture),
            channels=self.bank.row_shape[-1],
            words=len(self.vocabulary),
            style=style_classes(commands for video in self.videos for commands in video.commands),
        )
        torch.manual_seed(seed)
        captioner = build_captioner(spec)
        captioner.mean, captioner.std, captioner.spread = self.bank.statistics()
        card = ModelCard(spec, self.backbone, self.weights, self.tap)
        return Model(captioner, card, self.vocabulary)

    def split(self, spec: CaptionerSpec, max_words: int) -> tuple[CaptionSet, CaptionSet]:
        """Training and held-out comments; see ``split_comments``."""
        first_rows = self.bank.starts[:-1]
        return split_comments(
            self.videos, self.frames, first_rows, self.vocabulary, spec, max_words
        )
