"""Measure a model on captions of pictures that it has not learned from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import Meta

from pipeline.engine.settings import Seed, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage
from pipeline.pictures.settings import Unit


class Config(StageConfig, frozen=True):
    """How much is measured."""

    max_queries: Annotated[int, Meta(ge=1)] = 500
    """Pictures whose captions are ranked among a hundred."""
    blind: Annotated[float, Meta(ge=0, le=1)] = 0.5
    """How much of what a caption gets without the picture counts against it in the ranking, as in
    ``write``."""
    clusters: Unit = "picture"
    """What intervals resample: pictures, those of one file name, or folders."""
    seed: Seed = 2017


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``captions.evaluation.json``."""
    from pipeline.captioning.model_file import Model
    from pipeline.captions.captions_file import read_captions
    from pipeline.captions.evaluation.evaluate import evaluate
    from pipeline.captions.evaluation.subject import Subject
    from pipeline.captions.learned_file import Learned
    from pipeline.captions.texts_file import read_texts
    from pipeline.learning.device import best_device
    from pipeline.pictures.features_file import caveat
    from pipeline.pictures.frames_file import Frames, read_keys, read_names
    from pipeline.pictures.units import unit_numbers

    model = Model.open(inputs["model"], inputs["features"], best_device())
    rows = Frames.load(inputs["frames"]).row
    subject = Subject.prepare(
        model,
        Learned.load(inputs["learned"]),
        model.bank(inputs["features"]),
        read_texts(inputs["texts"]),
        read_captions(inputs["captions"]),
        rows,
        read_keys(inputs["frames"]),
        unit_numbers(read_names(inputs["frames"]), rows, config.clusters),
    )
    evaluation = evaluate(
        subject,
        inputs["frames"].parent.name,
        max_queries=config.max_queries,
        blind_weight=config.blind,
        seed=config.seed,
    )
    evaluation.save(outputs["evaluation"])
    return evaluation.summary + caveat(model.card.weights)


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What two cores of a Xeon take."""
    share = sections["captions-texts"]["held_out"]["share"] if amounts["member"] else 1
    ranked = min(config.max_queries, amounts["stills"] * share)
    return Expected(
        seconds=ranked * 0.05 + amounts["captions"] * share * 2e-3, startup=4, bytes=20_000
    )


STAGE = Stage(
    inputs={
        "frames": "{item}/frames.h5",
        "features": "{item}/features.h5",
        "texts": "{item}/texts.jsonl",
        "captions": "{item}/captions.jsonl",
        "model": "models/captions/{model}/model.safetensors",
        "learned": "models/captions/{model}/learned.h5",
    },
    outputs={"evaluation": "{item}/captions.evaluation.json"},
    config=Config,
    run=run,
    extra="learn",
    expect=expect,
    gpu=True,
    memory_mb=3000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
