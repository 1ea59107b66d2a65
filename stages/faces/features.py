"""Let the network that saw the pictures see their crops."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.engine.settings import StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage


def run(inputs: Files, outputs: Files, config: StageConfig) -> str:
    """Write ``frames.h5`` and ``features.h5`` of the crops."""
    import h5py

    from pipeline.media.picture_folder import PictureFolder
    from pipeline.pictures.backbones.recorded import recorded_network
    from pipeline.pictures.feature_making import make_features
    from pipeline.pictures.gathering import gather
    from pipeline.runtime.file_digest import file_fingerprint
    from pipeline.runtime.quantities import counted

    frames = outputs["frames"]
    with h5py.File(inputs["frames"], "r") as file:
        size = file["pictures"].shape[1]
    with h5py.File(inputs["features"], "r") as file:
        attributes = {name: str(value) for name, value in file.attrs.items()}
    gather(PictureFolder.open(inputs["crops"].parent), frames, size, near=0.0)
    backbone = recorded_network(inputs["features"], size)
    with h5py.File(frames, "r") as file:
        attributes["source"] = str(file.attrs["fingerprint"])
    attributes["pictures"] = file_fingerprint(frames)
    attributes["precision"] = backbone.precision
    batch = int(attributes["batch"])
    made = make_features(frames, outputs["features"], backbone, batch, attributes)
    old = f"; {made.before:,} were before" if made.before else ""
    return f"{counted(made.new, 'crop')} through {backbone.name}{old}"


def expect(amounts: Amounts, config: StageConfig, sections: Mapping[str, Any]) -> Expected:
    """What two cores of a Xeon take for EfficientNet-Lite0."""
    crops = amounts["pictures"]
    return Expected(seconds=crops * 0.02, startup=2.5, bytes=crops * 200_000)


STAGE = Stage(
    inputs={
        "crops": "{item}/faces/crops.jsonl",
        "frames": "{item}/frames.h5",
        "features": "{item}/features.h5",
    },
    outputs={"frames": "{item}/crops/frames.h5", "features": "{item}/crops/features.h5"},
    run=run,
    extra="learn",
    expect=expect,
    gpu=True,
    whole_machine=True,
    memory_mb=4000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
