"""Explain each comment that the model wrote: where it looked, how likely, what it learned from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from pipeline.engine.settings import Seed, StageConfig
from pipeline.engine.stage import Files, Stage

if TYPE_CHECKING:
    from pipeline.danmaku.explanation.explained_file import Explained


class Config(StageConfig, frozen=True):
    """How much is computed."""

    ranked: Annotated[int, Meta(ge=1)] = 1000
    """Moments whose comments are ranked among others, at most; a moment is what comments of one
    second on one picture share."""
    seed: Seed = 2017
    """Draws those others."""


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``explained.h5``."""
    from pipeline.captioning.corpus_file import TrainingCorpus
    from pipeline.captioning.model_file import load_model_for
    from pipeline.danmaku.comments.comments_file import GeneratedComment, read_lines
    from pipeline.danmaku.explanation.explanation import explain
    from pipeline.danmaku.explanation.subject import Written
    from pipeline.learning.device import best_device
    from pipeline.pictures.frames_file import Frames

    captioner, card, vocabulary = load_model_for(inputs["features"], inputs["model"])
    written = Written(
        captioner.to(best_device()),
        vocabulary,
        card.tap,
        list(read_lines(inputs["comments"], GeneratedComment)),
        Frames.load(inputs["frames"]),
        inputs["features"],
    )
    corpus = TrainingCorpus.load(inputs["corpus"], card.tap)
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
        "frames": "{item}/frames.h5",
        "features": "{item}/features.h5",
        "comments": "{item}/generated.jsonl",
        "model": "models/danmaku/{model}/model.safetensors",
        "corpus": "models/danmaku/{model}/corpus.h5",
    },
    outputs={"explained": "{item}/explained.h5"},
    config=Config,
    run=run,
    gpu=True,
    whole_machine=True,
    memory_mb=4000,
)

if __name__ == "__main__":
    STAGE.main()
