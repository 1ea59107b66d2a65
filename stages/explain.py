"""Explain each comment that the model wrote: where it looked, how likely, what it learned from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from pipeline.config import StageConfig
from pipeline.stage import Files, Stage

if TYPE_CHECKING:
    from pipeline.artifacts.explained import Explained
    from pipeline.explanation.subject import LearnedVideo


class Config(StageConfig, frozen=True):
    """How much is computed."""

    ranked: Annotated[int, Meta(ge=1)] = 1000
    """Moments whose comments are ranked among others, at most; a moment is what comments of one
    second on one picture share."""
    seed: Annotated[int, Meta(ge=0, lt=2**32)] = 2017
    """Draws those others."""


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``explained.h5``."""
    from pipeline.artifacts.comments import GeneratedComment, read_lines
    from pipeline.artifacts.features import FeatureStore
    from pipeline.artifacts.frames import Frames
    from pipeline.artifacts.model import load_model
    from pipeline.explanation.explanation import explain
    from pipeline.explanation.subject import Written
    from pipeline.nn.device import best_device
    from pipeline.text.vocabulary import Vocabulary

    captioner, card = load_model(inputs["model"])
    with FeatureStore(inputs["features"]) as store:
        card.require_match(store, inputs["features"])
    written = Written(
        captioner.to(best_device()),
        Vocabulary.load(inputs["vocabulary"]),
        card.tap,
        list(read_lines(inputs["comments"], GeneratedComment)),
        Frames.load(inputs["frames"]),
        inputs["features"],
    )
    explained = explain(written, _learned(inputs), ranked=config.ranked, seed=config.seed)
    explained.save(outputs["explained"])
    return _summary(explained)


def _learned(inputs: Files) -> list[LearnedVideo]:
    from pipeline.alignment import hold_out_videos
    from pipeline.artifacts.aligned import Aligned
    from pipeline.explanation.subject import LearnedVideo

    videos = {path.parent.name: Aligned.load(path) for path in inputs.every("learned")}
    return [
        LearnedVideo(*row)
        for row in zip(
            videos,
            hold_out_videos(videos),
            inputs.every("learned_features"),
            inputs.every("learned_frames"),
            inputs.every("learned_comments"),
            strict=True,
        )
    ]


def _summary(explained: Explained) -> str:
    import numpy as np

    count, ranked = len(explained.rank), explained.rank > 0
    if not count:
        return "no comments to explain"
    rank, candidates = (np.median(of[ranked]) for of in (explained.rank, explained.candidates))
    some = "" if ranked.all() else f" ({ranked.sum()} ranked)"
    return (
        f"{count} comments: {(explained.copies > 0).mean():.0%} copied,"
        f" median rank {rank:g} of {candidates:g}{some};"
        f" {len(explained.learned_video)} training pictures"
    )


STAGE = Stage(
    name="explain",
    inputs={
        "frames": "{video}/frames.h5",
        "features": "{video}/features.h5",
        "comments": "{video}/generated.jsonl",
        "learned": "{train}/aligned.h5",
        "learned_features": "{train}/features.h5",
        "learned_frames": "{train}/frames.h5",
        "learned_comments": "{train}/comments.jsonl",
        "model": "models/{model}/model.safetensors",
        "vocabulary": "models/{model}/vocabulary.json",
    },
    outputs={"explained": "{video}/explained.h5"},
    config=Config,
    run=run,
    gpu=True,
    whole_machine=True,
    memory_mb=4000,
)

if __name__ == "__main__":
    STAGE.main()
