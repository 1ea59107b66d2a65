"""Estimate how long after seeing something viewers write about it."""

from __future__ import annotations

from pipeline.engine.settings import Seed, StageConfig
from pipeline.engine.stage import Files, Stage


class Config(StageConfig, frozen=True):
    """What the interval is drawn with."""

    seed: Seed = 2017


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``delay.json``."""
    import h5py

    from pipeline.danmaku.alignment.reaction_delay import (
        estimate_delay,
        find_cuts,
        frequent_tokens,
        thumbnails,
    )
    from pipeline.danmaku.comments.comments_file import WordedComment, read_lines
    from pipeline.media.frame_times import MILLISECONDS
    from pipeline.pictures.frames_file import Frames

    frames = Frames.load(inputs["frames"])
    duration = float(frames.times.duration)
    with h5py.File(inputs["frames"], "r") as file:
        cuts = find_cuts(*thumbnails(frames, file), duration)
    # What was written past the end is about nothing that is in the video.
    end_ms = duration * MILLISECONDS
    comments = read_lines(inputs["comments"], WordedComment)
    tokens = frequent_tokens(
        (c.time_ms, c.words, c.parts) for c in comments if 0 <= c.time_ms < end_ms
    )
    delay = estimate_delay(tokens, cuts, duration, config.seed)
    delay.save(outputs["delay"])
    if not delay.found:
        return (
            f"no delay can be told from {delay.words} frequent words and {delay.cuts} cuts of"
            f" the picture in {duration:.0f} s"
        )
    return (
        f"comments come {delay.median_ms / 1000:.2f} s after what they are about"
        f" (95 % interval {delay.low_ms / 1000:.2f}-{delay.high_ms / 1000:.2f} s)"
    )


STAGE = Stage(
    inputs={"frames": "{item}/frames.h5", "comments": "{item}/comments.jsonl"},
    outputs={"delay": "{item}/delay.json"},
    config=Config,
    run=run,
    memory_mb=2000,
)

if __name__ == "__main__":
    STAGE.main()
