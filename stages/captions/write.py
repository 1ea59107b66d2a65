"""Write lines for pictures, or for the scenes of a video, and rank them by how they fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from pipeline.captioning.settings import DecodingSettings
from pipeline.engine.settings import OwnFile, Seed, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage

if TYPE_CHECKING:
    from pipeline.captions.moments import Moment


class Config(StageConfig, frozen=True):
    """How many lines are written, how, and which of them win."""

    of: Literal["all", "without"] = "all"
    """Lines for all pictures, or for those without one by a person."""
    candidates: Annotated[int, Meta(ge=1, le=200)] = 20
    """Lines drawn for each picture."""
    keep: Annotated[int, Meta(ge=1, le=50)] = 5
    """The best of these that are kept."""
    blind: Annotated[float, Meta(ge=0, le=1)] = 0.5
    """How much of what a line gets without the picture counts against it: with 1 the line wins
    whose picture makes it likeliest, with 0 the likeliest line."""
    liking: Annotated[float, Meta(ge=0)] = 2.0
    """How much the rating counts that the model expects of a line: nats between the worst and the
    best. It means nothing for a model that has learned from no ratings."""
    decoding: DecodingSettings = DecodingSettings(temperature=0.9, top_k=0, max_words=40)
    ng_words: OwnFile | None = None
    """A file of words or /expressions/, one a line, that no line may contain."""
    scene_seconds: Annotated[float, Meta(gt=0)] = 4.0
    """Of a video, the least time between two lines; each scene gets one."""
    seed: Seed = 2017


def check(config: Config, sections: Mapping[str, Any]) -> None:
    """Raise PipelineError if the list of NG words cannot be read."""
    from pipeline.text.word_lists import load_ng_words

    load_ng_words(config.ng_words)


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``captions.jsonl``."""
    import numpy as np

    from pipeline.captioning.model_file import Model
    from pipeline.captions.captions_file import CaptionLine
    from pipeline.captions.learned_file import Learned
    from pipeline.captions.writing import WritingOptions, write_lines_for
    from pipeline.learning.device import best_device
    from pipeline.runtime.json_lines import write_lines
    from pipeline.runtime.quantities import counted
    from pipeline.text.word_lists import load_ng_words

    model = Model.open(inputs["model"], inputs["features"], best_device())
    moments = _moments(inputs, config)
    found = write_lines_for(
        np.array([moment.row for moment in moments], np.int64),
        [moment.key for moment in moments],
        model,
        model.bank(inputs["features"]),
        Learned.load(inputs["learned"]).known,
        WritingOptions(
            config.decoding,
            config.candidates,
            config.blind,
            config.liking,
            load_ng_words(config.ng_words),
            config.seed,
        ),
    )
    lines = [
        CaptionLine(
            time_ms=moment.time_ms,
            text=candidates[0].text,
            words=candidates[0].words,
            frame=moment.frame,
            picture=moment.picture,
            candidates=candidates[: config.keep],
        )
        for moment, candidates in zip(moments, found, strict=True)
        if candidates
    ]
    write_lines(outputs["captions"], lines)
    silent = len(moments) - len(lines)
    left = f", none allowed for {silent:,}" if silent else ""
    what = "picture" if moments and moments[0].picture else "scene"
    return f"lines for {counted(len(lines), what)}{left}"


def _moments(inputs: Files, config: Config) -> list[Moment]:
    """What lines are written for."""
    from pipeline.captions.moments import moments_of
    from pipeline.captions.texts_file import read_texts

    texts = inputs.get("texts")
    captioned = {text.frame for text in read_texts(texts)} if texts else set()
    moments = moments_of(inputs["frames"], config.scene_seconds)
    skip = captioned if config.of == "without" else set()
    return [moment for moment in moments if moment.frame not in skip]


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What two cores of a Xeon take."""
    pictures = amounts["stills"] or amounts["seconds"] / config.scene_seconds
    return Expected(
        seconds=pictures * config.candidates * 1e-3,
        startup=3,
        bytes=pictures * config.keep * 150,
        amounts={"lines": pictures},
    )


def measure(outputs: Files) -> Amounts:
    """Count the lines."""
    from pipeline.runtime.json_lines import count_lines

    return {"lines": count_lines(outputs["captions"])}


STAGE = Stage(
    inputs={
        "frames": "{item}/frames.h5",
        "features": "{item}/features.h5",
        "model": "models/captions/{model}/model.safetensors",
        "learned": "models/captions/{model}/learned.h5",
    },
    optional={"texts": "{item}/texts.jsonl"},
    outputs={"captions": "{item}/captions.jsonl"},
    config=Config,
    run=run,
    extra="learn",
    check=check,
    expect=expect,
    measure=measure,
    editable=("captions",),
    gpu=True,
    whole_machine=True,
    memory_mb=2000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
