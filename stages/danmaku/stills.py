"""Show annotated moments: a contact sheet or a GIF, for READMEs and chats."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from pipeline.danmaku.comments.settings import Target
from pipeline.danmaku.drawing.settings import LayoutSettings, needless_for_layout
from pipeline.engine.settings import SHARED, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction
    from pathlib import Path

    from pipeline.danmaku.video.annotated_video import AnnotatedVideo
    from pipeline.media.pixels import Picture


class Config(StageConfig, frozen=True):
    """Which moments, and as what."""

    target: Target = "generated"
    """The model's comments, or the viewers'."""
    format: Literal["png", "gif"] = "png"
    """A sheet of pictures, or an animation that shows one moment after another."""
    at: tuple[Annotated[float, Meta(ge=0)], ...] = ()
    """Seconds; empty for the moments at which most comments are on screen."""
    best: Literal["comments", "faces"] = "comments"
    """Which moments are chosen where ``at`` names none: those with most comments on screen, or
    with the faces that ``faces-rank`` finds the best."""
    max_count: Annotated[int, Meta(ge=1, le=24)] = 6
    """How many of these."""
    width: Annotated[int, Meta(ge=64, le=1920)] = 480
    """Pixels across each picture."""
    seconds: Annotated[float, Meta(gt=0, le=30)] = 3.0
    """How long each moment of a GIF is."""
    layout: Annotated[LayoutSettings, SHARED] = LayoutSettings()


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``stills.png`` or ``stills.gif``."""
    from fractions import Fraction

    from pipeline.danmaku.comments.screen import read_on_screen
    from pipeline.danmaku.drawing.layout import lay_out_with_fonts
    from pipeline.danmaku.drawing.quality import log_quality
    from pipeline.danmaku.video.annotated_video import AnnotatedVideo
    from pipeline.danmaku.video.stills import best_moments, crowded_moments, moments_at
    from pipeline.runtime.atomic_files import published
    from pipeline.runtime.quantities import counted, size_text
    from pipeline.sources.best_faces import seconds_of_best_faces
    from pipeline.sources.pointers import open_video
    from pipeline.sources.screens import video_screen

    video = open_video(inputs["source"])
    comments = read_on_screen(inputs["comments"], config.target)
    layout = lay_out_with_fonts(comments, video_screen(video, inputs), config.layout)
    log_quality(layout)
    if config.at:
        moments = moments_at([Fraction(str(second)) for second in config.at], video)
    elif config.best == "faces":
        best = seconds_of_best_faces(inputs["frames"], inputs["ranking"])
        moments = best_moments(best, video, config.max_count)
    else:
        moments = crowded_moments(layout, video, config.max_count)
    annotated = AnnotatedVideo(video, [layout])
    with published(outputs["stills"]) as temporary:
        if config.format == "png":
            _write_sheet(temporary, annotated, moments, config.width)
        else:
            _write_gif(temporary, annotated, moments, config)
    size = outputs["stills"].stat().st_size
    times = ", ".join(f"{float(moment):.1f}" for moment in moments)
    return f"{counted(len(moments), 'moment')} ({times} s), {size_text(size)}"


def _write_sheet(
    target: Path, annotated: AnnotatedVideo, moments: list[Fraction], width: int
) -> None:
    from pipeline.danmaku.video.contact_sheet import contact_sheet
    from pipeline.danmaku.video.stills import annotated_picture
    from pipeline.runtime.clock import clock_text

    pictures, captions = [], []
    for moment in moments:
        time, picture = annotated_picture(annotated, moment, width)
        pictures.append(picture)
        captions.append(clock_text(int(time * 1000), digits=1))
    contact_sheet(pictures, captions).save(target, "PNG")


def _write_gif(
    target: Path, annotated: AnnotatedVideo, moments: list[Fraction], config: Config
) -> None:
    from fractions import Fraction

    from pipeline.media.gif import GIF_RATE, write_gif

    def pictures() -> Iterator[Picture]:
        for moment in moments:
            tick = Fraction(0)
            for pts, planes in annotated.pictures(moment, moment + Fraction(str(config.seconds))):
                time = pts * annotated.unit - moment
                while tick <= time and tick < config.seconds:
                    yield annotated.video.displayed(planes, annotated.color, config.width)
                    tick += 1 / GIF_RATE

    write_gif(target, pictures())


def without(settings: Mapping[str, Any]) -> Collection[str]:
    """Inputs about faces are needed for moments by them, or to leave them free."""
    if settings.get("best") == "faces":
        return {*needless_for_layout(settings)} - {"frames"}
    return {*needless_for_layout(settings), "ranking"}


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What one core of a Xeon takes."""
    moments = len(config.at) or config.max_count
    pictures = moments * (config.seconds * 10 if config.format == "gif" else 1)
    return Expected(
        seconds=pictures * 0.3,
        startup=1,
        bytes=pictures * config.width**2 * 0.6,
        kind=config.format,
    )


STAGE = Stage(
    inputs={
        "source": "{item}/source.video.json",
        "comments": "{item}/{target}.jsonl",
        "faces": "{item}/faces.jsonl",
        "frames": "{item}/frames.h5",
        "ranking": "{item}/ranking/ranking.csv",
    },
    without=without,
    outputs={"stills": "{item}/stills.{format}"},
    config=Config,
    run=run,
    expect=expect,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
