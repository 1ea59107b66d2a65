"""The network that saw a collection, for pictures that belong to none."""

from __future__ import annotations

from pathlib import Path

import h5py
import msgspec

from pipeline.learning.precision import Precision
from pipeline.pictures.backbones.backbone import Backbone
from pipeline.pictures.backbones.choice import Choice
from pipeline.pictures.backbones.preprocessing import Normalization
from pipeline.pictures.backbones.registry import load_backbone
from pipeline.runtime.errors import ExitCode, PipelineError


class _Settings(msgspec.Struct, frozen=True):
    """What ``features.h5`` records of the settings that it was made with."""

    backbone: str
    weights: str
    taps: tuple[str, ...]
    precision: Precision
    normalization: Normalization | None
    seed: int


def recorded_choice(features: Path, size: int) -> Choice:
    """The choice of the network that made ``features``, for pictures of ``size`` pixels."""
    with h5py.File(features, "r") as file:
        settings = msgspec.json.decode(file.attrs["settings"], type=_Settings)
    return Choice(
        settings.backbone,
        settings.weights,
        settings.taps,
        size,
        settings.seed,
        settings.precision,
        settings.normalization,
    )


def recorded_network(features: Path, size: int) -> Backbone:
    """The network that made ``features``, for pictures of ``size`` pixels.

    Raises PipelineError: what loading the network raises, and BAD_ARTIFACT where it is another
    one by now.
    """
    with h5py.File(features, "r") as file:
        recorded = str(file.attrs["backbone"]), str(file.attrs["weights"])
    backbone = load_backbone(recorded_choice(features, size))
    if (backbone.name, backbone.weights) != recorded:
        raise PipelineError(
            ExitCode.BAD_ARTIFACT,
            f"{features} was made by {' with '.join(recorded)}, and what is there now is"
            f" {backbone.name} with {backbone.weights}",
            "Put the old weights back, or run `make features` again",
        )
    return backbone
