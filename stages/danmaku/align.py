"""Give every comment the frame it was written at, and hold some out for measuring."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta

from pipeline.danmaku.alignment.settings import HeldOutSettings
from pipeline.engine.settings import Seed, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage


class Config(StageConfig, frozen=True):
    """What becomes of comments outside the video, what each is about, and what is held out."""

    past_end: Literal["drop", "last"] = "drop"
    """Comments after the last frame: dropped, or put on that frame as the article did. Most of
    them are about another video, and all would be learned as what one frame shows."""
    before_start: Literal["drop", "first"] = "drop"
    """Comments with a negative time: dropped, or put on the first frame."""
    max_outside: Annotated[float, Meta(ge=0, le=1)] = 0.5
    """Share of comments outside the video above which the file is refused, because it seems to
    belong to another video. It does not matter whether such comments would be dropped."""
    delay: Literal["none", "estimated"] | Annotated[float, Meta(ge=0, le=30)] = "estimated"
    """How long before its time a comment's subject was seen: as estimated by the stage ``delay``,
    0 as in the article, or a number of seconds."""
    held_out: HeldOutSettings = HeldOutSettings()
    seed: Seed = 2017
    """Decides what is held out."""


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``aligned.h5``."""
    import numpy as np

    from pipeline.danmaku.alignment.align import align
    from pipeline.danmaku.alignment.outside import Outside
    from pipeline.danmaku.comments.comments_file import TokenizedComment
    from pipeline.pictures.frames_file import Frames
    from pipeline.runtime.json_lines import read_lines
    from pipeline.runtime.logs import log
    from pipeline.runtime.quantities import counted

    delay_ms = _delay_ms(config, inputs)
    frames = Frames.load(inputs["frames"])
    comments = list(read_lines(inputs["comments"], TokenizedComment))
    outside = Outside.count(np.array([c.time_ms for c in comments], np.int64), frames.times)
    outside.require_at_most(config.max_outside)
    if outside.worth_a_warning:
        log.warning("%s; %s", outside, _what_becomes_of_them(config))
    aligned = align(
        comments,
        frames,
        config.held_out,
        drop_before_start=config.before_start == "drop",
        drop_past_end=config.past_end == "drop",
        delay_ms=delay_ms,
        seed=config.seed,
    )
    aligned.save(outputs["aligned"])
    by_videos = config.held_out.by == "videos"
    lost = {"past the end": aligned.past_end, "before the start": aligned.before_start}
    return "".join(
        [
            f"{len(aligned.line):,} of {counted(len(comments), 'comment')} put to their frames",
            *(f", {count:,} {where}" for where, count in lost.items() if count),
            f", {delay_ms / 1000:.2f} s before their time" if delay_ms else "",
            "; " + ("whole videos" if by_videos else f"{aligned.dev.sum():,}"),
            " kept back to measure the model",
        ]
    )


def _delay_ms(config: Config, inputs: Files) -> int:
    from pipeline.danmaku.alignment.delay_file import Delay
    from pipeline.runtime.logs import log

    if isinstance(config.delay, float | int):
        return round(config.delay * 1000)
    if config.delay == "none":
        return 0
    delay = Delay.load(inputs["delay"])
    if not delay.estimated:
        log.warning("how late comments come is not known: they stay at their own time")
        return 0
    return delay.median_ms


def _what_becomes_of_them(config: Config) -> str:
    late = {"drop": "dropped", "last": "put on the last frame"}[config.past_end]
    early = {"drop": "dropped", "first": "put on the first frame"}[config.before_start]
    return (
        f"those past its end are {late} (`align: past_end: {config.past_end}`), those before its"
        f" start {early} (`before_start: {config.before_start}`)"
    )


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What one core of a Xeon takes."""
    return Expected(seconds=amounts["comments"] * 5e-5, bytes=amounts["comments"] * 130)


STAGE = Stage(
    inputs={
        "frames": "{item}/frames.h5",
        "comments": "{item}/comments.jsonl",
        "delay": "{item}/delay.json",
    },
    outputs={"aligned": "{item}/aligned.h5"},
    config=Config,
    run=run,
    expect=expect,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
