"""Run a pretrained network over the distinct pictures and keep what its taps say."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from pipeline.config import StageConfig
from pipeline.stage import Files, Stage


class Config(StageConfig, frozen=True):
    """Which network, which weights, and which of its layers."""

    backbone: str = "vgg19"
    """``vgg19``, or the path of an ONNX file whose outputs are the taps."""
    weights: str = "imagenet"
    """For vgg19: ``imagenet`` (downloaded once), the path of a file, or ``random``."""
    taps: Annotated[tuple[str, ...], Meta(min_length=1)] = ("conv5_3", "relu7")
    """Layers to keep: conv5_3 and relu7 of vgg19, or output names of the ONNX file."""
    batch: Annotated[int, Meta(ge=1, le=1024)] = 8
    """Pictures in one forward pass."""
    seed: Annotated[int, Meta(ge=0, lt=2**32)] = 2017
    """For random weights."""


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``features.h5``."""
    import h5py
    import msgspec
    import numpy as np

    from pipeline.artifacts.disk import require_space
    from pipeline.artifacts.features import building_features
    from pipeline.fingerprint import code_digest, file_fingerprint
    from pipeline.nn.backbones import load_backbone
    from pipeline.progress import track

    with h5py.File(inputs["frames"], "r") as file:
        pictures = file["pictures"]
        rows, size = len(pictures), pictures.shape[1]
        backbone = load_backbone(config.backbone, config.weights, config.taps, size, config.seed)
        values = sum(int(np.prod(shape)) for shape in backbone.shapes.values())
        require_space(outputs.folder, rows * values * 2)
        attributes = {
            "backbone": backbone.name,
            "weights": backbone.weights,
            "pictures": file_fingerprint(inputs["frames"]),
            "settings": msgspec.json.encode(config).decode(),
            "code": code_digest("stages.features"),
        }
        with building_features(outputs["features"], rows, backbone.shapes, attributes) as store:
            starts = range(store.done, rows, config.batch)
            for start in track(starts, len(starts), "features", f"batches of {config.batch}"):
                store.append(backbone(pictures[start : start + config.batch]))
    return f"{rows} pictures through {backbone.name} ({backbone.weights})"


STAGE = Stage(
    name="features",
    inputs={"frames": "{video}/frames.h5"},
    outputs={"features": "{video}/features.h5"},
    config=Config,
    run=run,
    gpu=True,
    whole_machine=True,
)

if __name__ == "__main__":
    STAGE.main()
