"""``model.safetensors``: a captioner's weights, and in its header what they belong to."""

from __future__ import annotations

from pathlib import Path

import msgspec
from safetensors import safe_open
from safetensors.torch import save_file

from pipeline.artifacts.features import FeatureStore
from pipeline.artifacts.publishing import published
from pipeline.errors import ExitCode, PipelineError
from pipeline.nn.captioner import Captioner, CaptionerSpec, build_captioner


class ModelCard(msgspec.Struct, frozen=True):
    """What a model is and what it must be fed."""

    spec: CaptionerSpec
    backbone: str
    weights: str
    """Of the backbone; see FeatureStore."""
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


def save_model(path: Path, captioner: Captioner, card: ModelCard) -> None:
    """Publish weights and card."""
    metadata = {"card": msgspec.json.encode(card).decode()}
    with published(path) as temporary:
        save_file(captioner.state_dict(), temporary, metadata)


def load_model(path: Path) -> tuple[Captioner, ModelCard]:
    """Build the captioner that ``path`` describes, in evaluation mode, on the CPU."""
    with safe_open(path, framework="pt") as file:
        card = msgspec.json.decode(file.metadata()["card"], type=ModelCard)
        captioner = build_captioner(card.spec)
        captioner.load_state_dict({name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118
    return captioner.eval(), card
