"""Decode a video into its distinct pictures and the time of every frame."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from pipeline.engine.settings import StageConfig
from pipeline.engine.stage import Files, Stage


class Config(StageConfig, frozen=True):
    """How many pictures to keep, and how large."""

    size: Annotated[int, Meta(ge=32, le=1024)] = 224
    """Pixels across and down; pictures are squeezed to a square as the article did."""
    fps: Annotated[float, Meta(gt=0)] | None = None
    """Keep at most so many pictures a second; null keeps every frame."""
    dedupe: Literal["off", "exact", "near"] = "near"
    """Whether a frame shares the last picture kept: never, if they are equal, or nearly so."""
    threshold: Annotated[float, Meta(ge=0, le=255)] = 3.0
    """For ``near``: grey levels by which no block of 14×14 may differ on average."""


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``frames.h5``."""
    import numpy as np

    from pipeline.media.decode import scaled_pictures
    from pipeline.media.probe import probe
    from pipeline.pictures.frame_selection import FrameSelector, Near, thumbnail
    from pipeline.pictures.frames_file import writing_frames
    from pipeline.runtime.disk_space import require_space, warn_of_space
    from pipeline.runtime.file_digest import file_fingerprint
    from pipeline.runtime.progress import track
    from pipeline.runtime.stopwatch import Pace
    from pipeline.sources.pointers import source_video

    video = probe(*source_video(inputs["source"]))
    kept_at_most = min(
        video.frame_count, round((config.fps or video.rate) * video.pictures_end) + 1
    )
    # How many of them are alike, and how many there are where none has counted, is a guess.
    certain = config.dedupe == "off" and video.counted
    (require_space if certain else warn_of_space)(outputs.folder, kept_at_most * config.size**2 * 3)

    alike = {"off": None, "exact": np.array_equal, "near": Near(config.size, config.threshold)}
    select = FrameSelector(config.fps, alike[config.dedupe])
    pace = Pace("comparing and writing pictures")
    decoded = pace.waiting("decoding", scaled_pictures(video, config.size))
    with writing_frames(
        outputs["frames"],
        config.size,
        fingerprint=file_fingerprint(video.path),
        width=video.width,
        height=video.height,
    ) as frames:
        for frame in track(decoded, video.frame_count, "frames", "frames"):
            picture = select(frame, frames.last_picture)
            frames.add(frame.pts, frame.time_base, picture, frame.begins_scene)
            if frames.wants_thumbnail:
                frames.add_thumbnail(thumbnail(frame.pixels, (video.width, video.height)))
        if video.duration > video.pictures_end:
            frames.hold_until(video.duration)
    return (
        f"{frames.count} frames, {frames.kept} distinct pictures, {frames.scenes} scenes;"
        f" {pace.verdict(frames.count, 'frames')}"
    )


STAGE = Stage(
    inputs={"source": "{item}/source.video.json"},
    outputs={"frames": "{item}/frames.h5"},
    config=Config,
    run=run,
    whole_machine=True,
)

if __name__ == "__main__":
    STAGE.main()
