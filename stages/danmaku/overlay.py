"""Draw only the comments: a transparent video for editors and streaming tools."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta

from pipeline.danmaku.comments.settings import Target
from pipeline.danmaku.drawing.settings import LayoutSettings, needless_for_layout
from pipeline.engine.settings import SHARED, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage


class Config(StageConfig, frozen=True):
    """What is drawn, and as what."""

    target: Target = "generated"
    """The model's comments, or the viewers'."""
    format: Literal["mov", "webm"] = "mov"
    """ProRes 4444, which every editor takes, or VP9 with alpha, which is small and for browsers."""
    fps: Annotated[float, Meta(gt=0, le=240)] | None = None
    """Pictures a second; None takes the video's, which is an average where it varies."""
    layout: Annotated[LayoutSettings, SHARED] = LayoutSettings()


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``overlay.mov`` or ``overlay.webm``."""
    from pipeline.danmaku.comments.screen import read_on_screen
    from pipeline.danmaku.drawing.layout import lay_out_with_fonts
    from pipeline.danmaku.drawing.quality import log_quality
    from pipeline.danmaku.video.transparent import transparent_pictures
    from pipeline.media.codecs import Codec
    from pipeline.media.encode import VideoFormat, encoder
    from pipeline.media.frame_times import frame_rate
    from pipeline.runtime.atomic_files import published
    from pipeline.runtime.progress import track
    from pipeline.runtime.quantities import counted, size_text
    from pipeline.sources.pointers import open_video
    from pipeline.sources.screens import video_screen

    video = open_video(inputs["source"])
    comments = read_on_screen(inputs["comments"], config.target)
    layout = lay_out_with_fonts(comments, video_screen(video, inputs), config.layout)
    log_quality(layout)
    rate = frame_rate(config.fps) if config.fps else video.rate
    count = max(1, round(video.duration * rate))
    with (
        published(outputs["overlay"]) as temporary,
        encoder(
            temporary,
            VideoFormat(
                size=video.even_size,
                rate=rate,
                pixel_format="gbrap",
                codec=Codec("prores" if config.format == "mov" else "vp9"),
                container=config.format,
                sample_aspect=video.sample_aspect,
            ),
        ) as sink,
    ):
        for picture in track(
            transparent_pictures(layout, video, rate, count), count, "overlay", "pictures"
        ):
            sink.write(picture)
    size = outputs["overlay"].stat().st_size
    shown = counted(len(layout.placed), "comment")
    return f"{shown} over {float(count / rate):.1f} s, {size_text(size)}"


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What two cores of a Xeon take for ProRes; VP9 takes longer, and is a tenth as large."""
    frames = amounts["seconds"] * config.fps if config.fps else amounts["frames"]
    return Expected(
        seconds=frames * amounts["pixels"] * 20e-9,
        startup=1,
        bytes=frames * amounts["pixels"] * (0.15 if config.format == "mov" else 0.015),
        kind=config.format,
    )


STAGE = Stage(
    inputs={
        "source": "{item}/source.video.json",
        "comments": "{item}/{target}.jsonl",
        "faces": "{item}/faces.jsonl",
        "frames": "{item}/frames.h5",
    },
    without=needless_for_layout,
    outputs={"overlay": "{item}/overlay.{format}"},
    config=Config,
    run=run,
    expect=expect,
    whole_machine=True,
    memory_mb=2000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
