"""Explain each comment of the model: where it looked, how likely it is, what it learned from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from pipeline.engine.settings import SHARED, Seed, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage
from pipeline.pictures.settings import Seen

if TYPE_CHECKING:
    from pipeline.danmaku.explanation.explained_file import Explained


class Config(StageConfig, frozen=True):
    """How much is computed."""

    sees: Annotated[Seen, SHARED] = "features"
    """What the model knows of pictures: what a network sees, or beside it the tags of a tagger."""
    max_ranked: Annotated[int, Meta(ge=1)] = 1000
    """Moments whose comments are ranked among training comments, at most; the comments of one
    second on one picture share a moment."""
    seed: Seed = 2017
    """Draws those training comments."""


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``explained.h5``."""
    from pipeline.captioning.model_file import Model
    from pipeline.danmaku.comments.comments_file import GeneratedComment
    from pipeline.danmaku.explanation.explanation import explain
    from pipeline.danmaku.explanation.model_output import ModelOutput
    from pipeline.danmaku.training.corpus_file import TrainingCorpus
    from pipeline.learning.device import best_device
    from pipeline.pictures.frames_file import Frames
    from pipeline.runtime.json_lines import read_lines

    model = Model.open(inputs["model"], inputs["features"], best_device())
    output = ModelOutput(
        model,
        list(read_lines(inputs["comments"], GeneratedComment)),
        Frames.load(inputs["frames"]),
        inputs["features"],
    )
    corpus = TrainingCorpus.load(inputs["corpus"], model.card.tap)
    explained = explain(output, corpus, max_ranked=config.max_ranked, seed=config.seed)
    explained.save(outputs["explained"])
    return _summary(explained)


def _summary(explained: Explained) -> str:
    import numpy as np

    from pipeline.runtime.logs import log
    from pipeline.runtime.quantities import counted

    count, ranked = len(explained.rank), explained.rank > 0
    if not count:
        return "no comments to explain"
    rank = np.median(explained.rank[ranked])
    candidates = np.median(explained.candidates[ranked])
    some = "" if ranked.all() else f" ({ranked.sum()} ranked)"
    pictures = len(explained.learned_video)
    log.debug("median rank %g of %g%s; %d training pictures", *(rank, candidates, some, pictures))
    copied = (explained.copies > 0).sum()
    return f"{counted(count, 'comment')}, {copied:,} of them word for word a viewer's"


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What two cores of a Xeon take; ranking the comments of a moment takes longest."""
    moments = min(amounts["generated"], max(amounts["seconds"], amounts["pictures"]))
    return Expected(
        seconds=amounts["generated"] * 3e-3 + min(config.max_ranked, moments) * 0.02,
        startup=3,
        bytes=amounts["generated"] * 2400,
        kind=sections["train"]["captioner"]["decoder"],
    )


STAGE = Stage(
    inputs={
        "frames": "{item}/frames.h5",
        "features": "{item}/{sees}.h5",
        "comments": "{item}/generated.jsonl",
        "model": "models/danmaku/{model}/model.safetensors",
        "corpus": "models/danmaku/{model}/corpus.h5",
    },
    outputs={"explained": "{item}/explained.h5"},
    config=Config,
    run=run,
    extra="learn",
    expect=expect,
    gpu=True,
    whole_machine=True,
    memory_mb=4000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
