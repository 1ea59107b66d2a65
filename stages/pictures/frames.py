"""Decode a source into its distinct pictures and the time of every frame."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from pipeline.engine.settings import StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.media.picture_folder import PictureFolder
    from pipeline.media.source import PictureSource


_NEAR_STILLS = 2.0
"""Thresholds by which blocks of stills may differ that are said to be nearly equal: another
encoding moves them by more than frames of a film are apart."""


class Config(StageConfig, frozen=True):
    """How many pictures to keep, and how large."""

    size: Annotated[int, Meta(ge=32, le=1024)] = 224
    """Pixels across and down; a video's pictures are squeezed to a square, as in the article."""
    fps: Annotated[float, Meta(gt=0)] | None = None
    """Keep at most so many pictures a second; null keeps every frame."""
    dedupe: Literal["off", "exact", "near"] = "near"
    """Whether a frame shares the last picture kept: never, if both are equal, or nearly so."""
    threshold: Annotated[float, Meta(ge=0, le=255)] = 3.0
    """For ``near``: mean difference, in grey levels, that no block of 14×14 may exceed. Stills are
    reported as nearly equal, and never merged, up to twice this difference."""
    fit: Literal["squeeze", "pad", "crop"] = "squeeze"
    """How stills become squares: squeezed, with white borders, or cut off."""
    animated: Literal["first", "each"] = "first"
    """What of an animated still is taken: its first picture, or each as a picture of its own."""


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``frames.h5``."""
    from pipeline.media.picture_folder import PictureFolder
    from pipeline.sources.pointers import open_source

    source = open_source(inputs.one_of("source", "stills"))
    if isinstance(source, PictureFolder):
        return _gathered(source, outputs["frames"], config)
    return _decoded(source, outputs["frames"], config)


def _gathered(folder: PictureFolder, target: Path, config: Config) -> str:
    """Write the frames of stills."""
    from dataclasses import replace

    from pipeline.pictures.gathering import gather
    from pipeline.runtime.quantities import counted

    near = _NEAR_STILLS * config.threshold
    folder = replace(folder, fit=config.fit, animated=config.animated)
    found = gather(folder, target, config.size, near)
    parts = [counted(found.pictures, "picture")]
    if found.distinct < found.pictures:
        parts.append(f"{found.distinct:,} of them distinct")
    if found.left_out:
        parts.append(f"{counted(found.left_out, 'file')} left out")
    return ", ".join(parts)


def _decoded(source: PictureSource, target: Path, config: Config) -> str:
    """Write the frames of a video."""
    import numpy as np

    from pipeline.pictures.frame_selection import FrameSelector, NearDuplicate
    from pipeline.pictures.frames_file import writing_frames
    from pipeline.pictures.thumbnail import thumbnail
    from pipeline.runtime.disk_space import require_space, warn_of_space
    from pipeline.runtime.logs import log
    from pipeline.runtime.progress import track
    from pipeline.runtime.quantities import counted
    from pipeline.runtime.stopwatch import Stopwatch

    max_kept = min(source.frame_count, round((config.fps or source.rate) * source.pictures_end) + 1)
    # Refuse only what is certain: near-duplicates, or a forecast of frames, may turn out fewer.
    certain = config.dedupe == "off" and source.counted
    (require_space if certain else warn_of_space)(target.parent, max_kept * config.size**2 * 3)

    near = NearDuplicate(config.size, config.threshold)
    is_duplicate = {"off": None, "exact": np.array_equal, "near": near}[config.dedupe]
    select = FrameSelector(config.fps, is_duplicate)
    stopwatch = Stopwatch("comparing and writing pictures")
    decoded = stopwatch.waiting("decoding", source.scaled_pictures(config.size))
    with writing_frames(
        target,
        config.size,
        fingerprint=source.fingerprint,
        width=source.width,
        height=source.height,
    ) as frames:
        for frame in track(decoded, source.frame_count, "frames", "frames"):
            picture = select(frame, frames.last_picture)
            frames.add(frame.pts, frame.time_base, picture, frame.begins_scene)
            if frames.wants_thumbnail:
                frames.add_thumbnail(thumbnail(frame.pixels, frame.shape))
        if source.duration > source.pictures_end:
            frames.hold_until(source.duration)
    log.debug("%s", stopwatch.bottleneck(frames.count, "frames"))
    return ", ".join(
        [
            counted(frames.count, "frame"),
            counted(frames.kept, "distinct picture"),
            counted(frames.scenes, "scene"),
        ]
    )


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What two cores of a Xeon take for animation; every third of its frames is new."""
    rate = amounts["frames"] / max(1.0, amounts["seconds"])
    candidates = amounts["seconds"] * min(config.fps or rate, rate)
    pictures = candidates * (0.35 if config.dedupe == "near" and config.fps is None else 1.0)
    return Expected(
        seconds=amounts["frames"] * (0.6e-3 + 0.8e-9 * amounts["pixels"]) + 1e-3 * pictures,
        bytes=pictures * config.size**2 * 3 + amounts["seconds"] * 25e3,
        amounts={"pictures": pictures},
        kind=f"{config.dedupe} {config.fps}",
    )


def measure(outputs: Files) -> Amounts:
    """Count the pictures, and how much there is of the source."""
    import h5py

    from pipeline.pictures.frames_file import Frames

    times = Frames.load(outputs["frames"]).times
    with h5py.File(outputs["frames"], "r") as file:
        return {
            "pictures": len(file["pictures"]),
            "frames": len(file["pts"]),
            "seconds": float(times.duration),
            "pixels": float(file.attrs["width"]) * float(file.attrs["height"]),
        }


STAGE = Stage(
    inputs={},
    optional={"source": "{item}/source.video.json", "stills": "{item}/source.stills.json"},
    outputs={"frames": "{item}/frames.h5"},
    config=Config,
    run=run,
    expect=expect,
    measure=measure,
    whole_machine=True,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
