"""Learn tags from tagged pictures, by heads on features that stay as they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pipeline.engine.settings import SHARED, Seed, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage
from pipeline.illustrations.settings import ClassSettings
from pipeline.pictures.settings import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence


class Config(StageConfig, frozen=True):
    """Which tags are learned, from what, and what never is on both sides of a measure."""

    classes: ClassSettings = ClassSettings()
    units: Unit = "picture"
    """What is held out as a whole when the tagger is measured: a picture; pictures of one file
    name in several folders, which show the same thing; or a folder, such as a series. Equal
    pictures stay together."""
    taps: tuple[str, ...] = ()
    """Layers whose values are used, together; none given: each alone and all together are tried,
    and the best is taken."""
    learn_from: Annotated[Literal["all", "kept"], SHARED] = "all"
    """``kept`` leaves out what the stage ``clusters`` drops. Labels that drop count always."""
    seed: Seed = 2017


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``tagger.safetensors`` and ``training.json``."""
    import numpy as np

    from pipeline.illustrations.tag_evaluation import evaluate_tags
    from pipeline.illustrations.tag_learning import learn_tagger, try_features
    from pipeline.illustrations.tagged_pictures import TaggedPictures
    from pipeline.illustrations.training_record import TagTraining, Tried
    from pipeline.learning.device import best_device
    from pipeline.pictures.baseline_features import baseline_features
    from pipeline.pictures.feature_bank import taps_of_all

    device = best_device()
    paths, frames = inputs.every("features"), inputs.every("frames")
    pictures = TaggedPictures.load(
        inputs.every("labels"), frames, config.units, config.classes.min, inputs.every("kept")
    )
    names, backbone, weights = taps_of_all(paths)
    choices = _choices(names, config.taps)
    taps = {name: pictures.features(paths, name) for name in config.taps or names}
    lesson = try_features(taps, choices, pictures, config.seed, device)
    tagger = learn_tagger(lesson, pictures, backbone, weights, device)
    tried = [
        Tried(trial.features, trial.penalty, float(trial.loss.sum() / len(lesson.fold)))
        for trial in lesson.trials
    ]
    record = TagTraining(
        videos=pictures.collections,
        fingerprints=pictures.fingerprints,
        backbone=backbone,
        weights=weights,
        pictures=len(pictures.places),
        units=len(np.unique(pictures.units)),
        tried=tried,
        chosen=tried[lesson.trials.index(lesson.chosen)],
        too_rare=pictures.too_rare,
        evaluation=evaluate_tags(
            lesson,
            pictures,
            baseline_features(frames, pictures.places),
            config.seed,
            device,
        ),
    )
    record.save(outputs["training"])
    tagger.save(outputs["tagger"])
    return record.summary


def _choices(names: Sequence[str], wanted: Sequence[str]) -> list[list[str]]:
    """What taps are tried together."""
    from pipeline.runtime.errors import ExitCode, PipelineError

    for name in wanted:
        if name not in names:
            raise PipelineError(
                ExitCode.INVALID_SETTING,
                f"illustrations.train.taps: the features have no tap {name}",
                f"Choose from {', '.join(names)}, or add it to `features: taps:`",
            )
    if wanted:
        return [list(wanted)]
    together = [list(names)] if len(names) > 1 else []
    return [*([name] for name in names), *together]


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What two cores of a Xeon take."""
    return Expected(seconds=amounts["stills"] * 0.04, startup=6, bytes=1e6)


def without(settings: Mapping[str, Any]) -> Collection[str]:
    """Clusters are needed to learn from what they keep."""
    return () if settings.get("learn_from") == "kept" else ("kept",)


STAGE = Stage(
    inputs={
        "features": "{train}/features.h5",
        "frames": "{train}/frames.h5",
        "labels": "{train}/labels.jsonl",
        "kept": "{train}/keep.jsonl",
    },
    without=without,
    outputs={
        "tagger": "models/illustrations/{model}/tagger.safetensors",
        "training": "models/illustrations/{model}/training.json",
    },
    config=Config,
    run=run,
    extra="learn",
    expect=expect,
    gpu=True,
    whole_machine=True,
    memory_mb=3000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
