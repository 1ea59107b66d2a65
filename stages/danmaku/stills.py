"""Show annotated moments: a contact sheet or a GIF, for READMEs and chats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta

from pipeline.danmaku.drawing.settings import LayoutSettings
from pipeline.engine.settings import SHARED, StageConfig
from pipeline.engine.stage import Files, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction
    from pathlib import Path

    from pipeline.danmaku.drawing.showing import Picture
    from pipeline.danmaku.video.annotated_pictures import Scene


class Config(StageConfig, frozen=True):
    """Which moments, and as what."""

    of: Literal["generated", "comments"] = "generated"
    """The model's comments, or the viewers'."""
    format: Literal["png", "gif"] = "png"
    """A sheet of pictures, or each moment in motion, one after another."""
    at: tuple[Annotated[float, Meta(ge=0)], ...] = ()
    """Seconds; where there are none, those at which most comments are on screen."""
    most: Annotated[int, Meta(ge=1, le=24)] = 6
    """Moments that are chosen where ``at`` names none."""
    width: Annotated[int, Meta(ge=64, le=1920)] = 480
    """Pixels across each picture."""
    seconds: Annotated[float, Meta(gt=0, le=30)] = 3.0
    """How long each moment of a GIF is."""
    layout: Annotated[LayoutSettings, SHARED] = LayoutSettings()


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``stills.png`` or ``stills.gif``."""
    from fractions import Fraction

    from pipeline.danmaku.comments.comments_file import read_on_screen
    from pipeline.danmaku.video.annotated_pictures import Scene, laid_out
    from pipeline.danmaku.video.stills import chosen, crowded
    from pipeline.media.probe import probe
    from pipeline.runtime.atomic_files import published
    from pipeline.sources.pointers import source_video

    video = probe(*source_video(inputs["source"]))
    layout = laid_out(read_on_screen(inputs["comments"], config.of), video, config.layout)
    if config.at:
        moments = chosen([Fraction(str(second)) for second in config.at], video)
    else:
        moments = crowded(layout, video, config.most)
    scene = Scene(video, [layout])
    with published(outputs["stills"]) as temporary:
        if config.format == "png":
            _write_sheet(temporary, scene, moments, config.width)
        else:
            _write_gif(temporary, scene, moments, config)
    size = outputs["stills"].stat().st_size
    times = ", ".join(f"{float(moment):.1f}" for moment in moments)
    return f"{len(moments)} moments ({times} s), {size / 1e6:.1f} MB"


def _write_sheet(target: Path, scene: Scene, moments: list[Fraction], width: int) -> None:
    from pipeline.danmaku.drawing.contact_sheet import contact_sheet
    from pipeline.danmaku.video.stills import picture_at

    pictures, captions = [], []
    for moment in moments:
        time, picture = picture_at(scene, moment, width)
        pictures.append(picture)
        seconds = float(time)
        captions.append(f"{seconds // 60:.0f}:{seconds % 60:04.1f}")
    contact_sheet(pictures, captions).save(target, "PNG")


def _write_gif(target: Path, scene: Scene, moments: list[Fraction], config: Config) -> None:
    from fractions import Fraction

    from pipeline.danmaku.video.stills import as_shown
    from pipeline.media.gif import GIF_RATE, write_gif

    def pictures() -> Iterator[Picture]:
        for moment in moments:
            tick = Fraction(0)
            for pts, planes in scene.pictures(moment, moment + Fraction(str(config.seconds))):
                time = pts * scene.unit - moment
                while tick <= time and tick < config.seconds:
                    yield as_shown(scene, planes, config.width)
                    tick += 1 / GIF_RATE

    write_gif(target, pictures())


STAGE = Stage(
    inputs={"source": "{item}/source.video.json", "comments": "{item}/{of}.jsonl"},
    outputs={"stills": "{item}/stills.{format}"},
    config=Config,
    run=run,
)

if __name__ == "__main__":
    STAGE.main()
