"""Explain each comment that the model wrote: where it looked, how likely, what it learned from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from pipeline.engine.settings import StageConfig
from pipeline.engine.stage import Files, Stage

if TYPE_CHECKING:
    from pipeline.danmaku.explanation.explained_file import Explained


class Config(StageConfig, frozen=True):
    """How much is computed."""

    ranked: Annotated[int, Meta(ge=1)] = 1000
    """Moments whose comments are ranked among others, at most; a moment is what comments of one
    second on one picture share."""
    seed: Annotated[int, Meta(ge=0, lt=2**32)] = 2017
    """Draws those others."""


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``explained.h5``."""
    from pipeline.captioning.model_file import Model
    from pipeline.danmaku.comments.comments_file import GeneratedComment, read_lines
    from pipeline.danmaku.explanation.explanation import explain
    from pipeline.danmaku.explanation.subject import Written
    from pipeline.danmaku.training.corpus_file import TrainingCorpus
    from pipeline.learning.device import best_device
    from pipeline.pictures.frames_file import Frames

    model = Model.open(inputs["model"], inputs["features"], best_device())
    written = Written(
        model,
        list(read_lines(inputs["comments"], GeneratedComment)),
        Frames.load(inputs["frames"]),
        inputs["features"],
    )
    corpus = TrainingCorpus.load(inputs["corpus"], model.card.tap)
    explained = explain(written, corpus, ranked=config.ranked, seed=config.seed)
    explained.save(outputs["explained"])
    return _summary(explained)


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
    inputs={
        "frames": "{video}/frames.h5",
        "features": "{video}/features.h5",
        "comments": "{video}/generated.jsonl",
        "model": "models/{model}/model.safetensors",
        "corpus": "models/{model}/corpus.h5",
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
