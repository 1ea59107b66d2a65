"""List the cast of a video: whose faces are alike through all scenes, and for how long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import Meta

from pipeline.engine.settings import OwnFile, Seed, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage


class Config(StageConfig, frozen=True):
    """How many there are, and what they are called."""

    k: Annotated[int, Meta(ge=1)] | None = None
    """Clusters; None takes the number that tells faces apart best."""
    names: OwnFile | None = None
    """A copy of ``cast.csv`` in which somebody wrote names."""
    seed: Seed = 2017


def check(config: Config, sections: Mapping[str, Any]) -> None:
    """Raise PipelineError for a file of names that has none."""
    from pathlib import Path

    from pipeline.faces.tracks.cast_file import read_names_given

    if config.names:
        read_names_given(Path(config.names))


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write the folder ``cast``: ``cast.csv``, ``cast.jsonl``, and a sheet of faces."""
    from pathlib import Path

    from PIL import Image

    from pipeline.faces.crops.crops_file import read_crops
    from pipeline.faces.tracks.cast_file import read_names_given, write_cast
    from pipeline.faces.tracks.cast_sheet import cast_sheets
    from pipeline.faces.tracks.casting import cast_of
    from pipeline.faces.tracks.likeness import CropVectors
    from pipeline.faces.tracks.names import found_again
    from pipeline.faces.tracks.tracks_file import read_tracks
    from pipeline.pictures.frames_file import Frames
    from pipeline.runtime.atomic_files import published_folder
    from pipeline.runtime.logs import log
    from pipeline.runtime.quantities import counted

    crops = inputs["crops"]
    vectors = CropVectors(crops, inputs["crop_frames"], inputs["crop_features"], config.seed)
    given = read_names_given(Path(config.names)) if config.names else {}
    names = found_again(given, read_crops(crops))
    if lost := len(given) - len(names):
        log.warning("%s not there any more", counted(lost, "named face"))
    seconds = float(Frames.load(inputs["frames"]).times.duration)
    cast = cast_of(read_tracks(inputs["tracks"]), vectors, seconds, names, config.k)
    with published_folder(outputs["cast"].parent) as folder:
        write_cast(folder / outputs["cast"].name, folder / outputs["table"].name, cast)
        for number, sheet in enumerate(cast_sheets(cast, crops.parent), 1):
            Image.fromarray(sheet).save(folder / f"cast-{number:03}.png")
    named = sum(bool(one.name) for one in cast)
    return f"{counted(len(cast), 'face')} in the cast, {named:,} with a name"


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What one core of a Xeon takes."""
    return Expected(seconds=amounts["pictures"] * 1e-3, startup=3, bytes=1e6)


STAGE = Stage(
    inputs={
        "tracks": "{item}/tracks.jsonl",
        "frames": "{item}/frames.h5",
        "crops": "{item}/faces/crops.jsonl",
        "crop_frames": "{item}/crops/frames.h5",
        "crop_features": "{item}/crops/features.h5",
    },
    outputs={"cast": "{item}/cast/cast.jsonl", "table": "{item}/cast/cast.csv"},
    config=Config,
    run=run,
    check=check,
    extra="learn",
    expect=expect,
    memory_mb=2000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
