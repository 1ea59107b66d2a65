"""Decode a video into its distinct pictures and the time of every frame."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from pipeline.config import StageConfig
from pipeline.stage import Files, Stage


class Config(StageConfig, frozen=True):
    """How many pictures to keep, and how large."""

    size: Annotated[int, Meta(ge=32, le=1024)] = 224
    """Pixels across and down; pictures are squeezed to a square as the article did."""
    fps: Annotated[float, Meta(gt=0)] | None = None
    """Keep at most so many pictures a second; null keeps every frame."""
    dedupe: Literal["off", "exact"] = "exact"
    """Whether a frame equal to the one before shares its picture."""


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``frames.h5``."""
    from pipeline.artifacts.disk import require_space
    from pipeline.artifacts.frames import writing_frames
    from pipeline.artifacts.source import source_path
    from pipeline.fingerprint import file_fingerprint
    from pipeline.frames import FrameSelector
    from pipeline.media.decode import scaled_pictures
    from pipeline.media.probe import probe
    from pipeline.progress import track

    video = probe(source_path(inputs["source"]))
    kept_at_most = min(video.frame_count, round((config.fps or video.rate) * video.duration) + 1)
    require_space(outputs.folder, kept_at_most * config.size**2 * 3)

    select = FrameSelector(config.fps, fold=config.dedupe == "exact")
    attributes = {
        "fingerprint": file_fingerprint(video.path),
        "width": video.width,
        "height": video.height,
    }
    decoded = track(scaled_pictures(video, config.size), video.frame_count, "frames", "frames")
    with writing_frames(outputs["frames"], config.size, **attributes) as (frames, file):
        for picture in decoded:
            frames.add(picture.pts, select(picture, frames.last_picture))
            time_base = picture.time_base
        frames.finish(file, time_base, frames.last_step)
    return "{} frames, {} distinct pictures".format(*frames.counts)


STAGE = Stage(
    name="frames",
    inputs={"source": "{video}/source.video.json"},
    outputs={"frames": "{video}/frames.h5"},
    config=Config,
    run=run,
    whole_machine=True,
)

if __name__ == "__main__":
    STAGE.main()
