"""Give every comment the frame it was written at, and hold some out for measuring."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from pipeline.config import StageConfig
from pipeline.stage import Files, Stage


class Config(StageConfig, frozen=True):
    """What to do at the edges, and which comments are held out."""

    past_end: Literal["last", "drop"] = "last"
    """Comments behind the last frame: to that frame, as the article did, or dropped."""
    split: Literal["frames", "seconds"] = "seconds"
    """What is held out as a whole: random frames, as in the article, or random seconds.
    Neighbouring frames show the same picture, so only seconds are a fair test."""
    dev_share: Annotated[float, Meta(gt=0, lt=1)] = 0.1
    """Share of frames or seconds that is held out."""
    seed: Annotated[int, Meta(ge=0, lt=2**32)] = 2017
    """Decides which ones."""


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``aligned.h5``."""
    from pipeline.alignment import align
    from pipeline.artifacts.comments import WordedComment, read_lines
    from pipeline.artifacts.frames import Frames

    frames = Frames.load(inputs["frames"])
    comments = list(read_lines(inputs["comments"], WordedComment))
    aligned = align(
        comments,
        frames,
        drop_past_end=config.past_end == "drop",
        by_second=config.split == "seconds",
        dev_share=config.dev_share,
        seed=config.seed,
    )
    aligned.save(outputs["aligned"])
    return (
        f"{len(aligned.line)} of {len(comments)} comments aligned, {int(aligned.dev.sum())} held"
        f" out; {aligned.past_end} past the end, {aligned.before_start} before the start"
    )


STAGE = Stage(
    name="align",
    inputs={"frames": "{video}/frames.h5", "comments": "{video}/comments.jsonl"},
    outputs={"aligned": "{video}/aligned.h5"},
    config=Config,
    run=run,
)

if __name__ == "__main__":
    STAGE.main()
