"""``model.safetensors``: a captioner's weights; its header has its vocabulary and what it reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import torch

from pipeline.captioning.build import build_captioner
from pipeline.captioning.captioner import Captioner, CaptionerSpec
from pipeline.learning.card_file import opened_with_card, save_with_card
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.pictures.features_file import FeatureStore
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.text.vocabulary import Vocabulary


class ModelCard(msgspec.Struct, frozen=True):
    """What a model is, and the features that it reads."""

    spec: CaptionerSpec
    backbone: str
    weights: str
    """The backbone's; see ``FeatureStore``."""
    tap: str

    def require_match(self, features: FeatureStore, path: Path) -> None:
        """Raise PipelineError BAD_ARTIFACT for features that the model was not trained on."""
        theirs = (features.backbone, features.weights)
        if theirs != (self.backbone, self.weights) or self.tap not in features.taps:
            raise PipelineError(
                ExitCode.BAD_ARTIFACT,
                f"{path} holds {features.backbone} ({features.weights}), but the model was"
                f" trained on {self.tap} of {self.backbone} ({self.weights})",
                "Use the same `features:` settings for both, or train another model",
            )


@dataclass(frozen=True)
class Model:
    """A captioner with all that is needed to use it, whatever became of its training videos."""

    captioner: Captioner
    card: ModelCard
    vocabulary: Vocabulary

    @classmethod
    def load(cls, path: Path) -> Model:
        """Build the captioner that ``path`` describes, in evaluation mode, on the CPU.

        Raises PipelineError BAD_ARTIFACT for a file that is no model.
        """
        with opened_with_card(path, _Header, "pt", "train it again", "header") as (header, tensors):
            captioner = build_captioner(header.card.spec)
            captioner.load_state_dict(tensors)
        return cls(captioner.eval(), header.card, header.vocabulary)

    @classmethod
    def open(cls, path: Path, features: Path, device: torch.device) -> Model:
        """Load a model onto ``device``, to be used on ``features``.

        Raises PipelineError BAD_ARTIFACT as ``load`` does, and for features that the model was
        not trained on.
        """
        model = cls.load(path)
        with FeatureStore(features) as store:
            model.card.require_match(store, features)
        model.captioner.to(device)
        return model

    def save(self, path: Path) -> None:
        """Publish weights, card and vocabulary."""
        header = _Header(self.card, self.vocabulary)
        save_with_card(path, self.captioner.state_dict(), header, "header")

    def bank(self, features: Path) -> FeatureBank:
        """The features of a video that the model reads."""
        return FeatureBank([features], self.card.tap)

    def encode(self, words: Sequence[str]) -> list[int]:
        """The ids of a caption's words, without an end mark."""
        return self.vocabulary.encode(words)


class _Header(msgspec.Struct, frozen=True):
    """What the file's header says."""

    card: ModelCard
    vocabulary: Vocabulary
