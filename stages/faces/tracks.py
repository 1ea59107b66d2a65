"""Follow faces through the scenes of a video."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import Meta

from pipeline.engine.settings import Seed, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage


class Config(StageConfig, frozen=True):
    """When faces of two pictures are one."""

    least: Annotated[float, Meta(ge=0, le=1)] = 0.55
    """Likeness, from 0 to 1."""
    gap: Annotated[float, Meta(ge=0, le=60)] = 1.0
    """Seconds for which a face may be lost within a scene."""
    seed: Seed = 2017


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``tracks.jsonl``."""
    from pipeline.faces.tracks.likeness import CropVectors
    from pipeline.faces.tracks.linking import link_faces
    from pipeline.faces.tracks.showings import showings
    from pipeline.faces.tracks.tracks_file import write_tracks
    from pipeline.pictures.frames_file import Frames
    from pipeline.runtime.progress import track
    from pipeline.runtime.quantities import counted

    vectors = CropVectors(
        inputs["crops"], inputs["crop_frames"], inputs["crop_features"], config.seed
    )
    shown = track(showings(inputs["faces"], inputs["frames"]), None, "tracks", "pictures")
    frames = Frames.load(inputs["frames"])
    tracks = link_faces(shown, frames, vectors, least=config.least, longest_gap=config.gap)
    write_tracks(outputs["tracks"], tracks)
    seconds = sum(one.seconds for one in tracks)
    return f"{counted(len(tracks), 'track')}, {seconds:,.1f} s of faces"


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What one core of a Xeon takes."""
    pictures = amounts["pictures"]
    return Expected(seconds=pictures * 1e-3, startup=2, bytes=pictures * 200)


STAGE = Stage(
    inputs={
        "source": "{item}/source.video.json",  # tracks are of videos alone
        "faces": "{item}/faces.jsonl",
        "frames": "{item}/frames.h5",
        "crops": "{item}/faces/crops.jsonl",
        "crop_frames": "{item}/crops/frames.h5",
        "crop_features": "{item}/crops/features.h5",
    },
    outputs={"tracks": "{item}/tracks.jsonl"},
    config=Config,
    run=run,
    extra="learn",
    expect=expect,
    memory_mb=2000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
