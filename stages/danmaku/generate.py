"""Write comments over a video: how many and when as learned, the words by the captioner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from pipeline.captioning.settings import DecodingSettings
from pipeline.engine.settings import SHARED, OwnFile, Seed, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage
from pipeline.pictures.settings import Seen

if TYPE_CHECKING:
    from pipeline.danmaku.generation.writing import GenerationOptions
    from pipeline.danmaku.rate.comment_counts_file import CommentCounts
    from pipeline.pictures.frames_file import Frames
    from pipeline.runtime.arrays import Int64s


class Config(StageConfig, frozen=True):
    """How comments are drawn."""

    sees: Annotated[Seen, SHARED] = "features"
    """What the model knows of pictures: what a network sees, or beside it the tags of a tagger."""
    count: Literal["learned", "data"] | Annotated[float, Meta(ge=0, le=100)] = "learned"
    """Comments a second: what its pictures and time call for; as many as a random second of the
    training videos had, as in the article; or a fixed number."""
    rate: Annotated[float, Meta(gt=0, le=10)] = 1.0
    """Comments to write for each one that viewers would."""
    decoding: DecodingSettings = DecodingSettings()
    min_repeat_gap: Annotated[float, Meta(ge=0, le=20)] = 5.0
    """Seconds within which no comment is repeated."""
    ng_words: OwnFile | None = None
    """A file of words or /expressions/, one a line, that no comment may contain."""
    seed: Seed = 2017


def check(config: Config, sections: Mapping[str, Any]) -> None:
    """Raise PipelineError for a file of NG words that does not exist, or cannot be read."""
    from pipeline.text.word_lists import load_ng_words

    load_ng_words(config.ng_words)


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``generated.jsonl``."""
    import numpy as np

    from pipeline.captioning.model_file import Model
    from pipeline.danmaku.generation.plan import plan_comments
    from pipeline.danmaku.generation.writing import write_comments
    from pipeline.danmaku.rate.comment_counts_file import CommentCounts
    from pipeline.learning.device import best_device
    from pipeline.pictures.frames_file import Frames
    from pipeline.runtime.json_lines import write_lines
    from pipeline.runtime.quantities import counted

    frames, counts = Frames.load(inputs["frames"]), CommentCounts.load(inputs["counts"])
    model = Model.open(inputs["model"], inputs["features"], best_device())
    viewers = _viewers(inputs, config, frames, counts)
    per_second = viewers if isinstance(config.count, str) else config.count
    plan = plan_comments(
        config.rate * np.asarray(per_second), viewers, frames, counts.delay_ms, config.seed
    )
    bank = model.bank(inputs["features"])
    comments = write_comments(plan, frames, model, bank, _options(config))
    count = write_lines(outputs["generated"], comments)
    empty = len(plan.time_ms) - count
    left_out = f"; nothing fitted at {counted(empty, 'moment')}" if empty else ""
    return f"{counted(count, 'comment')} written{left_out}"


def _viewers(inputs: Files, config: Config, frames: Frames, counts: CommentCounts) -> Int64s:
    """(seconds,) how many comments viewers would write."""
    from pipeline.danmaku.generation.plan import counts_as_expected, counts_as_in
    from pipeline.danmaku.rate.model import RateModel
    from pipeline.pictures.feature_bank import FeatureBank
    from pipeline.pictures.features_file import FeatureStore

    if config.count == "data":
        return counts_as_in(counts.per_second, frames, config.seed)
    rate = RateModel.load(inputs["rate"])
    with FeatureStore(inputs["features"]) as store:
        rate.require_match(store, inputs["features"])
    means = FeatureBank([inputs["features"]], rate.card.tap).means
    expected = rate.expected(frames, means)
    return counts_as_expected(expected, rate.dispersion, frames, config.seed)


def _options(config: Config) -> GenerationOptions:
    from pipeline.danmaku.generation.writing import GenerationOptions
    from pipeline.text.word_lists import load_ng_words

    return GenerationOptions(
        decoding=config.decoding,
        ng_words=load_ng_words(config.ng_words),
        min_repeat_gap_s=config.min_repeat_gap,
        seed=config.seed,
    )


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What two cores of a Xeon take."""
    learned = amounts["comments_a_second"] or 2  # nobody knows of a model that was copied here
    a_second = learned if isinstance(config.count, str) else config.count
    generated = amounts["seconds"] * a_second * config.rate
    decoder = sections["train"]["captioner"]["decoder"]
    return Expected(
        seconds=generated * (0.01 if decoder == "lstm" else 0.03),
        startup=3,
        bytes=generated * 110,
        amounts={"generated": generated},
        kind=f"{decoder} {config.decoding.strategy}",
    )


def measure(outputs: Files) -> Amounts:
    """Count the comments."""
    from pipeline.runtime.json_lines import count_lines

    return {"generated": count_lines(outputs["generated"])}


STAGE = Stage(
    inputs={
        "frames": "{item}/frames.h5",
        "features": "{item}/{sees}.h5",
        "model": "models/danmaku/{model}/model.safetensors",
        "counts": "models/danmaku/{model}/comment_counts.json",
        "rate": "models/danmaku/{model}/rate.safetensors",
    },
    outputs={"generated": "{item}/generated.jsonl"},
    config=Config,
    run=run,
    extra="learn",
    check=check,
    expect=expect,
    measure=measure,
    editable=("generated",),
    gpu=True,
    whole_machine=True,
    memory_mb=3000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
