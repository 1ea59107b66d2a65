"""``model.safetensors``: a captioner's weights; its header has its words and what it reads."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import msgspec
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from pipeline.captioning.captioner import Captioner, CaptionerSpec, build_captioner
from pipeline.pictures.features_file import FeatureStore
from pipeline.runtime.atomic_files import published
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.text.vocabulary import Vocabulary


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


class Model(NamedTuple):
    """A captioner with all that it needs to be used, whatever became of its training videos."""

    captioner: Captioner
    card: ModelCard
    vocabulary: Vocabulary


class _Header(msgspec.Struct, frozen=True):
    """One entry of the file's metadata: several would be written in any order."""

    card: ModelCard
    vocabulary: Vocabulary


def save_model(path: Path, model: Model) -> None:
    """Publish weights, card and vocabulary."""
    header = msgspec.json.encode(_Header(model.card, model.vocabulary)).decode()
    with published(path) as temporary:
        save_file(model.captioner.state_dict(), temporary, {"header": header})


def load_model(path: Path) -> Model:
    """Build the captioner that ``path`` describes, in evaluation mode, on the CPU.

    Raises PipelineError BAD_ARTIFACT for a file that is no model.
    """
    with _opened(path) as file:
        try:
            header = msgspec.json.decode((file.metadata() or {})["header"], type=_Header)
        except (KeyError, msgspec.DecodeError):
            raise _no_model(path) from None
        captioner = build_captioner(header.card.spec)
        captioner.load_state_dict({name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118
    return Model(captioner.eval(), header.card, header.vocabulary)


def load_model_for(features: Path, path: Path) -> Model:
    """The same; raises BAD_ARTIFACT also for ``features`` that the model was not trained on."""
    model = load_model(path)
    with FeatureStore(features) as store:
        model.card.require_match(store, features)
    return model


def _opened(path: Path) -> safe_open:
    try:
        return safe_open(path, framework="pt")
    except SafetensorError:
        raise _no_model(path) from None


def _no_model(path: Path) -> PipelineError:
    return PipelineError(
        ExitCode.BAD_ARTIFACT,
        f"{path} is damaged, or of another version",
        "Copy the model once more, or run `make train` to make it anew",
    )
