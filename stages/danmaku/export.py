"""Write a video's comments, or the generated ones, as a file for players and converters."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pipeline.danmaku.comments.settings import Target
from pipeline.danmaku.comments.writing import format_names
from pipeline.danmaku.drawing.settings import LayoutSettings, needless_for_layout
from pipeline.engine.settings import SHARED, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage

if TYPE_CHECKING:
    _Format = str
else:
    _Format = Literal[tuple(format_names())]


class Config(StageConfig, frozen=True):
    """Which comments, and as what."""

    format: _Format = "ass"
    """``ass``, ``vtt``, ``csv``, ``niconico.xml``, ``nvcomment.json``, ``bilibili.xml`` or
    ``layout.json``."""
    target: Target = "comments"
    """The viewers', after merging and filters, or the model's."""
    layout: Annotated[LayoutSettings, SHARED] = LayoutSettings()
    """Where ``ass`` and ``layout.json`` place them: as ``render`` does."""


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``comments.FORMAT`` or ``generated.FORMAT``."""
    from pipeline.danmaku.comments.comments_file import GeneratedComment
    from pipeline.danmaku.comments.record import Comment
    from pipeline.danmaku.comments.writing import write_comments
    from pipeline.danmaku.drawing.screen import screen_of
    from pipeline.runtime.json_lines import read_lines
    from pipeline.sources.pointers import open_stills, open_video
    from pipeline.sources.screens import video_screen

    if video := inputs.get("source"):
        screen = video_screen(open_video(video), inputs)
    else:
        screen = screen_of(open_stills(inputs["stills"]))
    if config.target == "comments":
        comments = read_lines(inputs["comments"], Comment)
    else:
        generated = enumerate(read_lines(inputs["comments"], GeneratedComment), 1)
        comments = (
            Comment(time_ms=c.time_ms, text=c.text, commands=c.commands, no=n, fork="main")
            for n, c in generated
        )
    return write_comments(outputs["export"], config.format, comments, screen, config.layout)


def without(settings: Mapping[str, Any]) -> Collection[str]:
    """In other formats the player places comments."""
    placed = settings.get("format", "ass") in ("ass", "layout.json")
    return needless_for_layout(settings if placed else {})


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What one core of a Xeon takes."""
    comments = amounts["lines" if config.target == "captions" else config.target]
    return Expected(seconds=comments * 1e-4, bytes=comments * 150, kind=config.format)


STAGE = Stage(
    inputs={
        "comments": "{item}/{target}.jsonl",
        "faces": "{item}/faces.jsonl",
        "frames": "{item}/frames.h5",
    },
    without=without,
    optional={"source": "{item}/source.video.json", "stills": "{item}/source.stills.json"},
    outputs={"export": "{item}/{target}.{format}"},
    config=Config,
    run=run,
    expect=expect,
    editable=("export",),
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
