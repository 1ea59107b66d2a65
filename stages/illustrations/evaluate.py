"""Measure a tagger on the tags that people gave a collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.engine.settings import StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage
from pipeline.pictures.settings import Unit


class Config(StageConfig, frozen=True):
    """What counts as one of many."""

    units: Unit = "picture"
    """What intervals resample: pictures, those of one file name, or folders."""


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``tags.evaluation.json``."""
    from pipeline.illustrations.collection_evaluation import evaluate_collection
    from pipeline.illustrations.picture_tags import read_picture_tags
    from pipeline.illustrations.tag_probabilities import read_tag_probabilities
    from pipeline.illustrations.tagger_record import TaggerRecord
    from pipeline.pictures.frames_file import Frames

    evaluation = evaluate_collection(
        read_picture_tags(inputs["list"]),
        Frames.load(inputs["frames"]).row,
        read_tag_probabilities(inputs["tags"]),
        config.units,
        has_learned_from_it=TaggerRecord.load(inputs["tagger"]).has_learned_from_it,
    )
    evaluation.save(outputs["evaluation"])
    return evaluation.summary


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What one core of a Xeon takes for fifty tags."""
    return Expected(seconds=amounts["pictures"] * 2e-3, startup=1, bytes=5_000)


STAGE = Stage(
    inputs={
        "frames": "{item}/frames.h5",
        "tags": "{item}/tags.h5",
        "list": "{item}/tags.jsonl",
        "tagger": "{item}/tagger.json",
    },
    outputs={"evaluation": "{item}/tags.evaluation.json"},
    config=Config,
    run=run,
    expect=expect,
    memory_mb=1000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
