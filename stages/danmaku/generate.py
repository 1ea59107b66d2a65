"""Write comments over a video: how many and when as learned, the words by the captioner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta

from pipeline.engine.settings import OwnFile, Seed, StageConfig
from pipeline.engine.stage import Files, Stage


class Config(StageConfig, frozen=True):
    """How comments are drawn."""

    count: Literal["learned", "data"] | Annotated[float, Meta(ge=0, le=100)] = "learned"
    """How many a second gets: what its pictures and time call for; as many as a random second
    of the training videos had, as in the article; or a fixed number."""
    rate: Annotated[float, Meta(gt=0, le=10)] = 1.0
    """Comments to write for each one that viewers would."""
    decoding: Literal["sample", "argmax", "beam"] = "sample"
    """Words are drawn; or each is the likeliest, as in the article; or by beams."""
    first_word: Literal["model", "frequency"] = "model"
    """The first word is drawn from what the model expects for the picture, or, as in the
    article, from the word frequencies without symbols."""
    temperature: Annotated[float, Meta(gt=0, le=5)] = 0.7
    """Sharpens chances below 1."""
    top_k: Annotated[int, Meta(ge=0)] = 50
    """Draw among so many likeliest words; 0: all."""
    top_p: Annotated[float, Meta(gt=0, le=1)] = 0.95
    """Of these, among the likeliest that together have this chance."""
    beams: Annotated[int, Meta(ge=1, le=20)] = 4
    apart: Annotated[float, Meta(ge=0, le=20)] = 5.0
    """Seconds within which no comment comes twice."""
    ng_words: OwnFile | None = None
    """A file of words or /expressions/, one a line, that no comment may hold."""
    most_words: Annotated[int, Meta(ge=1, le=200)] = 20
    seed: Seed = 2017


def check(config: Config, sections: Mapping[str, Any]) -> None:
    """Raise PipelineError for a file of NG words that is not there, or cannot be read."""
    from pathlib import Path

    from pipeline.danmaku.comments.filters import load_ng_words

    if config.ng_words:
        load_ng_words(Path(config.ng_words))


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``generated.jsonl``."""
    from pathlib import Path

    import numpy as np

    from pipeline.captioning.decoding import Decoding
    from pipeline.captioning.generation import (
        Wishes,
        counts_as_expected,
        counts_as_in,
        plan_comments,
        write_comments,
    )
    from pipeline.captioning.model_file import load_model_for
    from pipeline.danmaku.comments.comments_file import write_lines
    from pipeline.danmaku.comments.filters import load_ng_words
    from pipeline.danmaku.rate.comment_counts_file import CommentCounts
    from pipeline.danmaku.rate.model import RateModel
    from pipeline.learning.device import best_device
    from pipeline.pictures.feature_bank import FeatureBank
    from pipeline.pictures.features_file import FeatureStore
    from pipeline.pictures.frames_file import Frames

    frames = Frames.load(inputs["frames"])
    captioner, card, vocabulary = load_model_for(inputs["features"], inputs["model"])
    bank = FeatureBank([inputs["features"]], card.tap)
    counts = CommentCounts.load(inputs["counts"])
    if config.count == "data":
        viewers = counts_as_in(counts.per_second, frames, config.seed)
    else:
        rate = RateModel.load(inputs["rate"])
        with FeatureStore(inputs["features"]) as store:
            rate.require_match(store, inputs["features"])
        means = FeatureBank([inputs["features"]], rate.card.tap).means
        expected = rate.expected(frames, means)
        viewers = counts_as_expected(expected, rate.dispersion, frames, config.seed)
    wanted = viewers if isinstance(config.count, str) else config.count
    plan = plan_comments(
        config.rate * np.asarray(wanted), viewers, frames, counts.delay_ms, config.seed
    )
    comments = write_comments(
        plan,
        frames,
        captioner.to(best_device()),
        vocabulary,
        bank,
        Wishes(
            Decoding(
                config.decoding,
                config.temperature,
                config.top_k,
                config.top_p,
                config.beams,
                config.most_words,
            ),
            config.first_word == "frequency",
            load_ng_words(Path(config.ng_words)) if config.ng_words else None,
            config.apart,
            config.seed,
        ),
    )
    count = write_lines(outputs["generated"], comments)
    empty = len(plan.time_ms) - count
    left_out = f"; {empty} places stay empty" if empty else ""
    return f"{count} comments written{left_out}"


STAGE = Stage(
    inputs={
        "frames": "{item}/frames.h5",
        "features": "{item}/features.h5",
        "model": "models/danmaku/{model}/model.safetensors",
        "counts": "models/danmaku/{model}/comment_counts.json",
        "rate": "models/danmaku/{model}/rate.safetensors",
    },
    outputs={"generated": "{item}/generated.jsonl"},
    config=Config,
    run=run,
    check=check,
    editable=("generated",),
    gpu=True,
    whole_machine=True,
    memory_mb=3000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
