"""Run a pretrained network over the distinct pictures and keep what its taps say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import Meta

from pipeline.engine.settings import NameOrPath, Seed, StageConfig
from pipeline.engine.stage import Files, Stage
from pipeline.learning.precision import Precision
from pipeline.pictures.backbones.preprocessing import Normalization


class Config(StageConfig, frozen=True):
    """Which network, which weights, and which of its layers."""

    backbone: NameOrPath = "vgg19"
    """A classifier of torchvision, or the path of an ONNX file whose outputs are the taps."""
    weights: NameOrPath = "imagenet"
    """Of a classifier: ``imagenet`` (downloaded once), ``random``, a set of torchvision's such
    as ``IMAGENET1K_V1``, or the path of a state dict."""
    taps: Annotated[tuple[str, ...], Meta(min_length=1)] = ("conv5_3", "relu7")
    """Layers to keep; see docs/recipes.md."""
    precision: Precision = "auto"
    """``auto`` takes bfloat16 where it is computed in hardware. ONNX files say it themselves."""
    normalization: Normalization | None = None
    """Instead of that of the weights; for ONNX files that do not normalise inside."""
    batch: Annotated[int, Meta(ge=1, le=1024)] | None = None
    """Pictures in one forward pass; null takes what suits the machine."""
    seed: Seed = 2017
    """For random weights."""


def check(config: Config, sections: Mapping[str, Any]) -> None:
    """Raise PipelineError for a network that cannot be had, or that takes other pictures."""
    from pipeline.pictures.backbones.checking import check_backbone

    size = sections["frames"]["size"]
    check_backbone(config.backbone, config.weights, config.taps, size)


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``features.h5``."""
    import h5py
    import msgspec

    from pipeline.engine.code_digest import code_digest
    from pipeline.pictures.backbones.loading import load_backbone
    from pipeline.pictures.features_file import building_features, row_count
    from pipeline.runtime.file_digest import file_fingerprint
    from pipeline.runtime.prefetch import ordered_map
    from pipeline.runtime.progress import track
    from pipeline.runtime.stopwatch import Stopwatch

    with h5py.File(inputs["frames"], "r") as file:
        pictures = file["pictures"]
        count, size = pictures.shape[:2]
        backbone = load_backbone(
            config.backbone,
            config.weights,
            config.taps,
            size,
            config.seed,
            precision=config.precision,
            normalization=config.normalization,
        )
        batch = config.batch or backbone.batch
        attributes = {
            "backbone": backbone.name,
            "weights": backbone.weights,
            "preprocessing": f"{size} x {size} pixels; {backbone.preprocessing}",
            "precision": backbone.precision,
            "source": str(file.attrs["fingerprint"]),
            "pictures": file_fingerprint(inputs["frames"]),
            "settings": msgspec.json.encode(config).decode(),
            "batch": str(batch),
            "code": code_digest("stages.pictures.features"),
        }
        with building_features(outputs["features"], count, backbone.shapes, attributes) as store:
            begun = store.next
            stopwatch = Stopwatch("other work")
            batches = (pictures[at : at + batch] for at in range(begun, count, batch))
            results = ordered_map(backbone, stopwatch.waiting("disk", batches), backbone.workers)
            rows = stopwatch.waiting("the network", results)
            for taps in track(rows, count - begun, "features", "pictures", row_count):
                with stopwatch.measure("disk"):
                    store.append(taps)
    return (
        f"{count} pictures through {backbone.name} ({backbone.weights}, {backbone.precision});"
        f" {stopwatch.bottleneck(count - begun, 'pictures')}"
    )


STAGE = Stage(
    inputs={"frames": "{item}/frames.h5"},
    outputs={"features": "{item}/features.h5"},
    config=Config,
    run=run,
    check=check,
    gpu=True,
    whole_machine=True,
    memory_mb=4000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
