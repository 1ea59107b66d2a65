"""Measure a translator on pictures that it has not learned from, beside simple methods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from pipeline.engine.settings import NameOrPath, Seed, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage

if TYPE_CHECKING:
    from pipeline.pictures.backbones.backbone import Backbone
    from pipeline.translation.evaluation import Extractor

_EXTRACTED_SIZE = 128
"""Pixels of the side of pictures whose features are compared."""


class Config(StageConfig, frozen=True):
    """How much is measured, and by what."""

    max_pictures: Annotated[int, Meta(ge=1)] = 500
    """Of those held out; each is translated into every other domain."""
    judge_steps: Annotated[int, Meta(ge=1)] = 600
    """In which the judge learns to tell domains."""
    backbone: NameOrPath = "efficientnet_lite0"
    """The network whose features the distance between sets of pictures compares, as `features`
    has it; its last vectors are taken."""
    seed: Seed = 2017


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``evaluation.json``."""
    from pipeline.learning.device import best_device
    from pipeline.pictures.backbones.choice import Choice
    from pipeline.pictures.backbones.registry import load_backbone
    from pipeline.runtime.errors import ExitCode, PipelineError
    from pipeline.runtime.logs import log
    from pipeline.runtime.progress import progress
    from pipeline.translation.evaluation import count_queries, evaluate
    from pipeline.translation.evaluation_file import Evaluation
    from pipeline.translation.model_file import Translator
    from pipeline.translation.training_set import TrainingSet

    translator = Translator.load(inputs["model"])
    pictures = TrainingSet.load(inputs.every("pictures"))
    if pictures.domain_names != translator.card.domains:
        raise PipelineError(
            ExitCode.BAD_ARTIFACT,
            f"the model translates into {', '.join(translator.card.domains)}, and the pictures are"
            f" in {', '.join(pictures.domain_names)}",
            "Train another with `make translation-train`, or set `translation: pictures: domains:`",
        )
    if not len(pictures.rows(held_out=True)):
        nothing = Evaluation.of_nothing(pictures.domain_names, config.backbone)
        nothing.save(outputs["evaluation"])
        log.warning(
            "%s; set `translation: pictures: held_out: share:`, or lay some into a folder `val`",
            nothing.summary,
        )
        return nothing.summary
    choice = Choice(config.backbone, "imagenet", ("pooled",), _EXTRACTED_SIZE, config.seed)
    backbone, device = load_backbone(choice), best_device()
    count = count_queries(pictures, config.max_pictures)
    with progress(count, "evaluate", "translations") as on_query:
        evaluation = evaluate(
            pictures,
            translator.generator.to(device),
            _extractor(backbone),
            f"{backbone.name}, {backbone.weights}, {_EXTRACTED_SIZE} pixels",
            device,
            most=config.max_pictures,
            judge_steps=config.judge_steps,
            seed=config.seed,
            on_query=on_query,
        )
    evaluation.save(outputs["evaluation"])
    for line in evaluation.lines:
        log.info("%s", line)
    return evaluation.summary


def _extractor(backbone: Backbone) -> Extractor:
    """The pooled features of pictures, which are brought to one size."""
    import numpy as np
    from torch.nn import functional

    def extract(pictures: Any) -> Any:
        large = functional.interpolate(
            pictures, (_EXTRACTED_SIZE,) * 2, mode="bilinear", antialias=True
        )
        pixels = ((large + 1) * 127.5).round().clamp(0, 255).byte()
        array = pixels.permute(0, 2, 3, 1).cpu().contiguous().numpy()
        step = backbone.batch
        batches = [backbone(array[at : at + step]) for at in range(0, len(array), step)]
        return np.concatenate([batch["pooled"] for batch in batches]).astype(np.float64)

    return extract


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What two cores of a Xeon take, for four domains of 64 pixels."""
    size = sections["translation-pictures"]["size"]
    translations = min(config.max_pictures, 0.1 * amounts["domain_pictures"]) * 3
    return Expected(
        seconds=(translations * 0.15 + config.judge_steps * 0.04) * (size / 64) ** 2,
        startup=5,
        bytes=20_000,
    )


STAGE = Stage(
    inputs={
        "pictures": "{train}/translation.h5",
        "model": "models/translation/{model}/model.safetensors",
    },
    outputs={"evaluation": "models/translation/{model}/evaluation.json"},
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
