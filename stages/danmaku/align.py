"""Give every comment the frame it was written at, and hold some out for measuring."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from pipeline.engine.settings import Seed, StageConfig
from pipeline.engine.stage import Files, Stage


class Config(StageConfig, frozen=True):
    """What to do at the edges, which picture a comment is about, and what is held out."""

    past_end: Literal["drop", "last"] = "drop"
    """Comments behind the last frame: dropped, or to that frame, as the article did. Mostly they
    are about another video, and all of them would be learned as what one frame shows."""
    before_start: Literal["drop", "first"] = "drop"
    """Comments of negative times: dropped, or to the first frame."""
    max_outside: Annotated[float, Meta(ge=0, le=1)] = 0.5
    """Share of a video's comments outside of it above which the file is taken for another
    video's and refused, whatever would become of these comments."""
    delay: Literal["none", "estimated"] | Annotated[float, Meta(ge=0, le=30)] = "estimated"
    """How long before a comment what it is about was seen: the estimate of the stage ``delay``,
    nothing, as in the article, or seconds."""
    split: Literal["frames", "seconds", "blocks", "halves", "videos"] = "seconds"
    """What is held out as a whole: random frames, as in the article, random seconds or blocks,
    the second half, or whole videos. Neighbouring frames show the same picture, so they are no
    fair test."""
    block: Annotated[float, Meta(ge=1)] = 30
    """Seconds of a block."""
    dev_share: Annotated[float, Meta(gt=0, lt=1)] = 0.1
    """Share of frames, seconds, blocks or videos that is held out."""
    seed: Seed = 2017
    """Decides which ones."""


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``aligned.h5``."""
    import numpy as np

    from pipeline.danmaku.alignment.align import Split, align
    from pipeline.danmaku.alignment.delay_file import Delay
    from pipeline.danmaku.alignment.outside import Outside
    from pipeline.danmaku.comments.comments_file import WordedComment, read_lines
    from pipeline.pictures.frames_file import Frames
    from pipeline.runtime.logs import log

    delay_ms = round(config.delay * 1000) if isinstance(config.delay, float | int) else 0
    if config.delay == "estimated":
        estimate = Delay.load(inputs["delay"])
        delay_ms = estimate.median_ms if estimate.found else 0
        if not estimate.found:
            log.warning("no reaction delay could be estimated: comments stay at their own time")
    frames = Frames.load(inputs["frames"])
    comments = list(read_lines(inputs["comments"], WordedComment))
    outside = Outside.of(np.array([c.time_ms for c in comments], np.int64), frames.times)
    outside.require_at_most(config.max_outside)
    if outside.worth_a_warning:
        log.warning("%s; %s", outside, _what_becomes_of_them(config))
    aligned = align(
        comments,
        frames,
        Split(config.split, config.dev_share, config.block, config.seed),
        drop_before_start=config.before_start == "drop",
        drop_past_end=config.past_end == "drop",
        delay_ms=delay_ms,
    )
    aligned.save(outputs["aligned"])
    held_out = "whole videos" if config.split == "videos" else int(aligned.dev.sum())
    return (
        f"{len(aligned.line)} of {len(comments)} comments aligned, {held_out} held out;"
        f" {aligned.past_end} past the end, {aligned.before_start} before the start"
        + (f"; each {delay_ms / 1000:.2f} s after what it is about" if delay_ms else "")
    )


def _what_becomes_of_them(config: Config) -> str:
    late = {"drop": "dropped", "last": "on the last frame"}[config.past_end]
    early = {"drop": "dropped", "first": "on the first frame"}[config.before_start]
    return (
        f"those past its end are {late} (`align: past_end: {config.past_end}`), those before its"
        f" start {early} (`before_start: {config.before_start}`)"
    )


STAGE = Stage(
    inputs={
        "frames": "{item}/frames.h5",
        "comments": "{item}/comments.jsonl",
        "delay": "{item}/delay.json",
    },
    outputs={"aligned": "{item}/aligned.h5"},
    config=Config,
    run=run,
)

if __name__ == "__main__":
    STAGE.main()
