"""Draw the comments over the video and encode it; sound, subtitles and chapters are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from pipeline.danmaku.comments.settings import Target
from pipeline.danmaku.drawing.settings import LayoutSettings, needless_for_layout
from pipeline.engine.settings import SHARED, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage
from pipeline.media.codecs import Preset
from pipeline.media.encoding_settings import ChosenCodec, Crf

if TYPE_CHECKING:
    from pipeline.danmaku.drawing.legend import Entry
    from pipeline.danmaku.video.annotated_video import AnnotatedVideo
    from pipeline.media.colors import Color
    from pipeline.media.video_file import VideoFile

_PICTURES = {"original": "source", "translated": "translated"}
"""What comments are drawn over, by the names of inputs."""


class Config(StageConfig, frozen=True):
    """What is drawn, and how the video is encoded."""

    target: Target = "generated"
    """The model's comments, or the viewers'."""
    viewers: Literal["none", "layers", "halves"] = "none"
    """Also draws the viewers' comments: over the same picture, each kind in a colour of its own,
    or over a copy of it at the left."""
    picture: Literal["original", "translated"] = "original"
    """What comments are drawn over: the video, or its translation."""
    labels: bool = True
    """Whether a legend says whose comments are whose where there are both."""
    layout: Annotated[LayoutSettings, SHARED] = LayoutSettings()
    fps: Annotated[float, Meta(gt=0, le=240)] | None = None
    """Pictures a second, for text that moves more smoothly than the video; None keeps the video's
    pictures as they are."""
    codec: ChosenCodec = "auto"
    """``auto`` is h264, which plays everywhere, and hevc for video of more than eight bits."""
    eight_bits: bool = False
    """Whether deeper video is dithered down to eight bits; otherwise it keeps ten."""
    tonemap: Literal["keep", "sdr"] = "keep"
    """``sdr`` tone-maps HDR to standard range: BT.709 in eight bits."""
    hardware: bool = False
    """Whether a graphics card encodes."""
    preset: Preset = "veryfast"
    """x264's names; slower presets make smaller files."""
    crf: Crf | None = None
    """The codec's constant rate factor: lower is better and larger. None: 23 for h264, 26 for
    hevc, 32 for av1."""
    segments: Annotated[int, Meta(ge=1, le=64)] | None = None
    """Parts of the video that are rendered at once; None: one for every four cores."""

    def __post_init__(self) -> None:
        if self.target == "comments" and self.viewers != "none":
            raise ValueError("`viewers` stand beside generated comments: say `target: generated`")


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``annotated.mp4``."""
    from pipeline.danmaku.video.render import render
    from pipeline.media.stream_copy import left_out
    from pipeline.media.video_encoding import depth_and_range, encoding
    from pipeline.runtime.atomic_files import published
    from pipeline.runtime.logs import log
    from pipeline.runtime.progress import progress
    from pipeline.runtime.quantities import counted, size_text
    from pipeline.sources.pointers import open_video

    video = open_video(inputs[_PICTURES[config.picture]])
    color, codec = encoding(video, config)
    annotated = _annotated(video, color, inputs, config)
    if lost := left_out(video, "mp4"):
        log.warning("an mp4 cannot hold %s; they are left out", ", ".join(lost))
    with (
        progress(annotated.count, "render", "pictures") as on_progress,
        published(outputs["annotated"]) as temporary,
    ):
        render(annotated, temporary, codec, config.segments, on_progress)
    size = outputs["annotated"].stat().st_size
    shown = sum(len(layout.placed) for layout in annotated.layouts)
    result = f"{counted(shown, 'comment')} over {float(video.duration):.1f} s, {size_text(size)}"
    return result + depth_and_range(video, annotated.color, codec)


def _annotated(video: VideoFile, color: Color, inputs: Files, config: Config) -> AnnotatedVideo:
    from pipeline.danmaku.comments.screen import read_on_screen
    from pipeline.danmaku.drawing.layout import lay_out_with_fonts
    from pipeline.danmaku.drawing.quality import log_quality
    from pipeline.danmaku.drawing.style import MARKS
    from pipeline.danmaku.video.annotated_video import AnnotatedVideo
    from pipeline.media.frame_times import frame_rate
    from pipeline.runtime.errors import ExitCode, PipelineError
    from pipeline.sources.screens import video_screen

    comments = [read_on_screen(inputs["comments"], config.target)]
    if config.viewers != "none":
        viewers = inputs.get("viewers")
        if viewers is None:
            raise PipelineError(
                ExitCode.COMMENTS_MISSING,
                f"`viewers: {config.viewers}` needs viewers' comments, and {video.name} has none",
                "Add COMMENTS=path, or leave `viewers` out",
            )
        comments.insert(0, read_on_screen(viewers, "comments"))
    if config.viewers == "layers":
        comments = [[*comments[0], *comments[1]]]
    screen = video_screen(video, inputs)
    layouts = [lay_out_with_fonts(some, screen, config.layout) for some in comments]
    for layout in layouts:
        log_quality(layout)
    return AnnotatedVideo(
        video=video,
        layouts=layouts,
        rate=frame_rate(config.fps) if config.fps else None,
        marks=MARKS if config.viewers == "layers" else {},
        legends=_legends(config),
        target_color=color,
    )


def _legends(config: Config) -> list[list[Entry]]:
    """The legend of each layout, or none at all."""
    from pipeline.danmaku.drawing.legend import Entry
    from pipeline.danmaku.drawing.style import MARKS
    from pipeline.lettering.colors import WHITE

    if config.viewers == "none" or not config.labels:
        return []
    if config.viewers == "halves":
        return [[Entry("Viewers", WHITE)], [Entry("Model", WHITE)]]
    return [[Entry("Viewers", MARKS["viewer"]), Entry("Model", MARKS["generated"])]]


def without(settings: Mapping[str, Any]) -> list[str]:
    """The translation is needed where it is what comments are drawn over."""
    over = [] if settings.get("picture") == "translated" else ["translated"]
    return [*over, *needless_for_layout(settings)]


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What two cores of a Xeon take for x264's ``veryfast``; others take some times as much."""
    frames = amounts["seconds"] * config.fps if config.fps else amounts["frames"]
    pixels = amounts["pixels"] * (2 if config.viewers == "halves" else 1)
    return Expected(
        seconds=frames * (0.8e-3 + 8.5e-9 * pixels),
        startup=1,
        bytes=frames * pixels * 0.02,
        kind=f"{config.codec} {config.preset} {config.crf} {config.hardware} {config.tonemap}",
    )


STAGE = Stage(
    inputs={
        "source": "{item}/source.video.json",
        "translated": "{item}/translated.mp4",
        "comments": "{item}/{target}.jsonl",
        "faces": "{item}/faces.jsonl",
        "frames": "{item}/frames.h5",
    },
    outputs={"annotated": "{item}/annotated.mp4"},
    optional={"viewers": "{item}/comments.jsonl"},
    config=Config,
    run=run,
    without=without,
    expect=expect,
    opens="annotated",
    whole_machine=True,
    memory_mb=2000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
