"""Estimate how long after seeing something viewers write about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.engine.settings import Seed, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage


class Config(StageConfig, frozen=True):
    """The seed of the interval's resampling."""

    seed: Seed = 2017


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``delay.json``."""
    import h5py

    from pipeline.danmaku.alignment.cuts import find_cuts, thumbnails
    from pipeline.danmaku.alignment.reaction_delay import estimate_delay
    from pipeline.danmaku.alignment.tokens import frequent_tokens
    from pipeline.danmaku.comments.comments_file import TokenizedComment
    from pipeline.pictures.frames_file import Frames
    from pipeline.runtime.clock import MILLISECONDS
    from pipeline.runtime.json_lines import read_lines
    from pipeline.runtime.logs import log

    frames = Frames.load(inputs["frames"])
    duration = float(frames.times.duration)
    with h5py.File(inputs["frames"], "r") as file:
        cuts = find_cuts(*thumbnails(frames, file), duration)
    # Comments outside the video are about nothing that is in it.
    end_ms = duration * MILLISECONDS
    comments = read_lines(inputs["comments"], TokenizedComment)
    tokens = frequent_tokens(
        (c.time_ms, c.words, c.parts) for c in comments if 0 <= c.time_ms < end_ms
    )
    delay = estimate_delay(tokens, cuts, duration, config.seed)
    delay.save(outputs["delay"])
    log.debug("%d frequent words, %d cuts in %.0f s", delay.tokens, delay.cuts, duration)
    if not delay.estimated:
        return "too few comments or scenes to tell how late comments come"
    return (
        f"comments come {delay.median_ms / 1000:.2f} s after what they are about"
        f" (between {delay.low_ms / 1000:.2f} and {delay.high_ms / 1000:.2f} s)"
    )


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What one core of a Xeon takes."""
    return Expected(seconds=amounts["comments"] * 2e-3, startup=0.5, bytes=200)


STAGE = Stage(
    inputs={"frames": "{item}/frames.h5", "comments": "{item}/comments.jsonl"},
    outputs={"delay": "{item}/delay.json"},
    config=Config,
    run=run,
    expect=expect,
    memory_mb=2000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
