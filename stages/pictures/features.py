"""Run a pretrained network over the distinct pictures and keep the values of its taps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from pipeline.engine.settings import NameOrPath, Seed, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage
from pipeline.learning.precision import Precision
from pipeline.pictures.backbones.preprocessing import Normalization

if TYPE_CHECKING:
    from pathlib import Path

    import h5py

    from pipeline.pictures.backbones.backbone import Backbone
    from pipeline.pictures.backbones.choice import Choice


class Config(StageConfig, frozen=True):
    """Which network, which weights, and which of its layers."""

    backbone: NameOrPath = "efficientnet_lite0"
    """``efficientnet_lite0``, a classifier of torchvision, ``timm:NAME`` for one of timm, or the
    path of an ONNX file whose outputs are the taps."""
    weights: NameOrPath = "imagenet"
    """``imagenet`` (EfficientNet-Lite0's are installed, others are downloaded once), ``random``,
    one of torchvision's sets such as ``IMAGENET1K_V1``, or the path of a state dict."""
    taps: Annotated[tuple[str, ...], Meta(min_length=1)] = ("stride16", "pooled")
    """Layers to keep; see docs/recipes.md."""
    precision: Precision = "auto"
    """``auto`` is bfloat16 if the hardware computes it. ONNX files decide it themselves."""
    normalization: Normalization | None = None
    """Replaces that of the weights; for ONNX files that do not normalise themselves."""
    batch: Annotated[int, Meta(ge=1, le=1024)] | None = None
    """Pictures in one forward pass; null takes a number that suits the machine."""
    seed: Seed = 2017
    """For random weights."""


def check(config: Config, sections: Mapping[str, Any]) -> None:
    """Raise PipelineError for a network that cannot be loaded, or takes other pictures."""
    from pipeline.pictures.backbones.registry import check_backbone

    check_backbone(choice_of(config, sections["frames"]["size"]))


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``features.h5``."""
    import h5py

    from pipeline.pictures.backbones.registry import load_backbone
    from pipeline.pictures.feature_making import make_features
    from pipeline.runtime.quantities import counted

    with h5py.File(inputs["frames"], "r") as file:
        backbone = load_backbone(choice_of(config, file["pictures"].shape[1]))
        batch = config.batch or backbone.batch
        attributes = _provenance(inputs["frames"], file, backbone, batch, config)
    made = make_features(inputs["frames"], outputs["features"], backbone, batch, attributes)
    old = f"; {made.before:,} were before" if made.before else ""
    return f"{counted(made.new, 'picture')} through {backbone.name}{old}"


def choice_of(config: Config, size: int) -> Choice:
    """The network that the settings choose, for pictures of ``size`` pixels."""
    from pipeline.pictures.backbones.choice import Choice

    return Choice(
        config.backbone,
        config.weights,
        config.taps,
        size,
        config.seed,
        config.precision,
        config.normalization,
    )


def _provenance(
    frames: Path, file: h5py.File, backbone: Backbone, batch: int, config: Config
) -> dict[str, str]:
    """The attributes of ``features.h5``: from what and how the features were computed."""
    import msgspec

    from pipeline.engine.code_digest import code_digest
    from pipeline.runtime.file_digest import file_fingerprint

    size = file["pictures"].shape[1]
    return {
        "backbone": backbone.name,
        "weights": backbone.weights,
        "preprocessing": f"{size} x {size} pixels; {backbone.preprocessing}",
        "precision": backbone.precision,
        "source": str(file.attrs["fingerprint"]),
        "pictures": file_fingerprint(frames),
        "settings": msgspec.json.encode(config).decode(),
        "batch": str(batch),
        "code": code_digest("stages.pictures.features"),
    }


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What two cores of a Xeon with AVX-512 take, without bfloat16."""
    size = sections["frames"]["size"]
    seconds, values = {
        "efficientnet_lite0": (0.014, 23_000),
        "resnet18": (0.025, 26_000),
        "vgg19": (0.1, 104_000),
    }.get(config.backbone, (0.03, 40_000))
    area = (size / 224) ** 2
    return Expected(
        seconds=amounts["pictures"] * seconds * area,
        startup=2.5,
        bytes=amounts["pictures"] * values * area * 2,
        kind=f"{config.backbone} {','.join(config.taps)} {config.precision} {size}",
    )


STAGE = Stage(
    inputs={"frames": "{item}/frames.h5"},
    outputs={"features": "{item}/features.h5"},
    config=Config,
    run=run,
    extra="learn",
    check=check,
    expect=expect,
    gpu=True,
    whole_machine=True,
    memory_mb=4000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
