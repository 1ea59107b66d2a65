"""Score faces by a learned taste, with an interval and what speaks for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal

from pipeline.engine.settings import StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage


class Config(StageConfig, frozen=True):
    """What gets a score."""

    what: Literal["face", "picture"] = "face"
    """Each face, or each picture as a whole, for a taste that looks at pictures."""


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``scores.jsonl``."""
    from pipeline.faces.scores.scores_file import write_scores
    from pipeline.faces.scores.scoring import scored, scores_given
    from pipeline.faces.scores.subjects import faces, whole_pictures
    from pipeline.faces.scores.taste_file import Taste
    from pipeline.faces.scores.views import Seen
    from pipeline.pictures.features_file import caveat
    from pipeline.runtime.quantities import counted

    taste = Taste.load(inputs["taste"])
    if config.what == "picture":
        subjects = whole_pictures(inputs["frames"])
        seen, shown = Seen([inputs["features"]]), inputs["frames"]
    else:
        subjects = faces(inputs["frames"], inputs["crops"], inputs["crop_frames"])
        seen = Seen([inputs["features"]], [inputs["crop_features"]])
        shown = inputs["crop_frames"]
    given = scores_given(inputs.get("labels"), subjects)
    item = outputs["scores"].parent.name
    count = write_scores(outputs["scores"], scored(taste, seen, shown, subjects, given, item))
    own = f", {len(given):,} of them people's" if given else ""
    return f"{counted(count, 'score')}{own}{caveat(taste.card.weights)}"


def without(settings: Mapping[str, Any]) -> Collection[str]:
    """Whole pictures need no crops."""
    picture = settings.get("what") == "picture"
    return ("crops", "crop_frames", "crop_features") if picture else ()


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What two cores of a Xeon take."""
    return Expected(seconds=amounts["pictures"] * 1e-3, startup=3, bytes=amounts["pictures"] * 600)


STAGE = Stage(
    inputs={
        "taste": "models/faces/{model}/taste.safetensors",
        "frames": "{item}/frames.h5",
        "features": "{item}/features.h5",
        "crops": "{item}/faces/crops.jsonl",
        "crop_frames": "{item}/crops/frames.h5",
        "crop_features": "{item}/crops/features.h5",
    },
    optional={"labels": "{item}/labels.jsonl"},
    without=without,
    outputs={"scores": "{item}/scores.jsonl"},
    config=Config,
    run=run,
    extra="learn",
    expect=expect,
    memory_mb=2000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
