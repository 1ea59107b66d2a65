"""Learn how many comments a second gets: from the training videos' pictures, cuts and times."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pipeline.engine.settings import SHARED, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage
from pipeline.pictures.settings import Seen

if TYPE_CHECKING:
    from pipeline.danmaku.rate.model import RateModel


class Config(StageConfig, frozen=True):
    """What pictures are known by."""

    sees: Annotated[Seen, SHARED] = "features"
    """What the model knows of pictures: what a network sees, or beside it the tags of a tagger."""


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``comment_counts.json`` and ``rate.safetensors``."""
    from pipeline.danmaku.alignment.aligned_file import Aligned
    from pipeline.danmaku.alignment.held_out import hold_out_videos
    from pipeline.danmaku.rate.comment_counts_file import CommentCounts
    from pipeline.danmaku.rate.counts import CountedSeconds
    from pipeline.danmaku.rate.learning import learn_rate
    from pipeline.danmaku.rate.seconds import Seconds
    from pipeline.pictures.feature_bank import FeatureBank, check_same_backbone
    from pipeline.pictures.features_file import FeatureStore
    from pipeline.pictures.frames_file import Frames

    videos = hold_out_videos({p.parent.name: Aligned.load(p) for p in inputs.every("aligned")})
    counts = CommentCounts.from_videos(videos)
    paths = inputs.every("features")
    with FeatureStore(paths[0]) as store:
        grid = any(len(shape) == 2 for shape in store.taps.values())
    tap, backbone, weights, _ = check_same_backbone(paths, grid=grid)
    counted = []
    for video, frames, features in zip(videos, inputs.every("frames"), paths, strict=True):
        means = FeatureBank([features], tap).means
        seconds = Seconds.from_frames(Frames.load(frames), means, video.delay_ms)
        counted.append(CountedSeconds.from_video(video, seconds))
    model = learn_rate(
        counted, tap=tap, backbone=backbone, weights=weights, delay_ms=counts.delay_ms
    )
    model.save(outputs["rate"])
    counts.save(outputs["counts"])
    return _summary(model)


def _summary(model: RateModel) -> str:
    import math

    from pipeline.runtime.logs import log

    card = model.card
    if not card.groups:
        return (
            f"{card.seconds:,} seconds do not tell which get more comments: each is expected to"
            f" get {math.exp(model.bias):.1f}"
        )
    if card.deviance_explained is None:
        log.debug("too few blocks to tell how much of the deviance it explains")
    else:
        share = f"{card.deviance_explained:.0%}"
        log.debug("explains %s of the deviance of held-out seconds", share)
    return f"learned from {card.seconds:,} seconds how many comments each second gets"


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What one core of a Xeon takes."""
    return Expected(
        seconds=amounts["seconds"] * 2e-3,
        startup=2.5,
        bytes=20_000,
        amounts={"comments_a_second": amounts["comments"] / max(1.0, amounts["seconds"])},
    )


def measure(outputs: Files) -> Amounts:
    """Count the comments of a second of the training videos."""
    from pipeline.danmaku.rate.comment_counts_file import CommentCounts

    per_second = CommentCounts.load(outputs["counts"]).per_second
    return {"comments_a_second": sum(per_second) / max(1, len(per_second))}


STAGE = Stage(
    inputs={
        "features": "{train}/{sees}.h5",
        "frames": "{train}/frames.h5",
        "aligned": "{train}/aligned.h5",
    },
    outputs={
        "counts": "models/danmaku/{model}/comment_counts.json",
        "rate": "models/danmaku/{model}/rate.safetensors",
    },
    config=Config,
    run=run,
    extra="learn",
    expect=expect,
    measure=measure,
    memory_mb=2000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
