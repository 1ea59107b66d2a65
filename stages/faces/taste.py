"""Learn a person's taste from rated faces: a score with an interval for others."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from pipeline.engine.settings import Seed, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage
from pipeline.faces.scores.settings import Best, FineTuning, View
from pipeline.pictures.settings import Unit

if TYPE_CHECKING:
    from pipeline.faces.scores.rated_subjects import RatedSubjects
    from pipeline.faces.scores.tuning.folds import Tuner
    from pipeline.faces.scores.views import Seen
    from pipeline.runtime.arrays import Float32s


class Config(StageConfig, frozen=True):
    """What a taste looks at, and what never is on both sides of a measure."""

    of: View = "auto"
    """``crop``: each face by itself; ``picture``: all of the picture, which then needs no face;
    ``both``; or ``auto``, which takes what foretells scores best."""
    units: Unit = "picture"
    """What is held out as a whole when the taste is measured: a picture with all of its faces;
    pictures of one file name in several folders; or a folder, such as an artist or a series. Equal
    pictures stay together."""
    best: Best = "highest"
    """Which end of the scale is the best: ``lowest`` where 1 is better than 5."""
    fine_tune: FineTuning = FineTuning()
    seed: Seed = 2017


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``taste.safetensors``, ``taste.json`` and ``taste.png``."""
    import shutil

    import numpy as np

    from pipeline.faces.scores.distributions import draw_distributions
    from pipeline.faces.scores.evaluation import evaluate_scores
    from pipeline.faces.scores.learning import try_choices
    from pipeline.faces.scores.rated_subjects import RatedSubjects
    from pipeline.faces.scores.subjects import faces, whole_pictures
    from pipeline.faces.scores.taste_file import Taste
    from pipeline.faces.scores.training_record import TasteTraining, Tried
    from pipeline.faces.scores.views import Seen
    from pipeline.learning.device import best_device
    from pipeline.pictures.frames_file import Frames

    device, frames = best_device(), inputs.every("frames")
    if config.of == "picture":
        subjects = [whole_pictures(path) for path in frames]
        seen = Seen(inputs.every("features"))
    else:
        crops = zip(frames, inputs.every("crops"), inputs.every("crop_frames"), strict=True)
        subjects = [faces(*paths) for paths in crops]
        seen = Seen(inputs.every("features"), inputs.every("crop_features"))
    rated = RatedSubjects.load(inputs.every("labels"), frames, subjects, config.units)
    choices = seen.choices(config.of)
    names = dict.fromkeys(tap for some in choices for tap in some)
    taps = {tap: seen.values(tap, rated.places) for tap in names}
    tuner = _tuner(inputs, outputs, config, rated) if config.fine_tune.epochs else None
    lesson = try_choices(
        taps,
        choices,
        rated.scale,
        rated.scores,
        rated.units,
        config.seed,
        device,
        tuner.trial if tuner else None,
    )
    network = tuner.network() if tuner and lesson.chosen is lesson.tuned else None
    tried = [
        Tried(trial.features, trial.penalty, float(trial.loss.sum() / len(rated.scores)))
        for trial in lesson.trials
    ]
    backbone, weights = seen.network
    record = TasteTraining(
        videos=[path.parent.name for path in frames],
        fingerprints=[Frames.load(path).fingerprint for path in frames],
        backbone=backbone,
        weights=weights,
        examples=len(rated.scores),
        units=len(np.unique(rated.units)),
        levels=lesson.scale.levels.tolist(),
        raters=rated.raters,
        contrary=rated.contrary,
        left_out=rated.left_out,
        noise=rated.noise,
        tried=tried,
        chosen=tried[lesson.trials.index(lesson.chosen)],
        evaluation=evaluate_scores(
            lesson, rated.units, _baselines(inputs, config, rated, seen), device
        ),
    )
    draw_distributions(outputs["plot"], lesson.said, rated.scores, lesson.scale.levels)
    record.save(outputs["training"])
    taste = Taste.of(lesson, rated.names, (backbone, weights), config.best, network)
    taste.save(outputs["taste"])
    if tuner:
        shutil.rmtree(tuner.folder)
    return record.summary


def _tuner(inputs: Files, outputs: Files, config: Config, rated: RatedSubjects) -> Tuner:
    """Who fine-tunes the network that saw the pictures, on crops or on whole pictures."""
    from pipeline.engine.code_digest import result_key
    from pipeline.faces.scores.tuning.folds import Tuner
    from pipeline.faces.scores.tuning.rated_pictures import RatedPictures
    from pipeline.faces.scores.views import CROP, PICTURE
    from pipeline.pictures.backbones.recorded import recorded_choice

    view = PICTURE if config.of == "picture" else CROP
    files = inputs.every("crop_frames" if view == CROP else "frames")
    pictures = RatedPictures(files, rated.places, view)
    return Tuner(
        recorded_choice(inputs.every("features")[0], pictures.size),
        pictures,
        rated.scale.questions(rated.scores),
        config.fine_tune,
        config.seed,
        outputs.folder / ".fine-tuning",
        result_key("stages.faces.taste", config, inputs.all()),
    )


def _baselines(
    inputs: Files, config: Config, rated: RatedSubjects, seen: Seen
) -> dict[str, Float32s]:
    """Features (n, …) that know less."""
    from pipeline.faces.scores.rated_subjects import tag_features
    from pipeline.learning.heads.prepared import joined
    from pipeline.pictures.baseline_features import baseline_features

    whole = config.of == "picture"
    files = inputs.every("frames" if whole else "crop_frames")
    places = [(item, one.row if whole else one.crop_row) for item, one in rated.places]
    found = {"pixels": baseline_features(files, places)["pixels"]}
    if not whole:
        taps = seen.choices("picture")[-1]
        found["picture"] = joined({tap: seen.values(tap, rated.places) for tap in taps}, taps)
    tags = tag_features(inputs.every("labels"), rated.places)
    return found | ({"tags": tags} if tags is not None else {})


def without(settings: Mapping[str, Any]) -> Collection[str]:
    """Whole pictures need no crops."""
    if settings.get("of") == "picture":
        return ("crops", "crop_frames", "crop_features")
    return ()


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What two cores of a Xeon take."""
    tuned = config.fine_tune.epochs
    each = 0.06 + 0.4 * tuned  # six networks, one of them for all
    return Expected(seconds=amounts["stills"] * each, startup=6, bytes=3e6, kind=f"{tuned} epochs")


STAGE = Stage(
    inputs={
        "ratings": "models/faces/{model}/ratings.json",  # there are enough
        "labels": "{train}/labels.jsonl",
        "frames": "{train}/frames.h5",
        "features": "{train}/features.h5",
        "crops": "{train}/faces/crops.jsonl",
        "crop_frames": "{train}/crops/frames.h5",
        "crop_features": "{train}/crops/features.h5",
    },
    without=without,
    outputs={
        "taste": "models/faces/{model}/taste.safetensors",
        "training": "models/faces/{model}/taste.json",
        "plot": "models/faces/{model}/taste.png",
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
