"""Find where a model looked for its lines, and the most similar pictures that it learned from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pipeline.engine.stage import Amounts, Expected, Files, Stage

if TYPE_CHECKING:
    from pipeline.captioning.model_file import Model
    from pipeline.captions.captions_file import CaptionLine
    from pipeline.pictures.feature_bank import FeatureBank
    from pipeline.runtime.arrays import Int64s, UInt8s

_NEAREST = 4  # training pictures shown beside each


def run(inputs: Files, outputs: Files, config: object) -> str:
    """Write ``captions.explained.h5``."""
    import numpy as np

    from pipeline.captioning.model_file import Model
    from pipeline.captions.captions_file import read_captions
    from pipeline.captions.explained_file import ExplainedCaptions
    from pipeline.captions.learned_file import Learned
    from pipeline.captions.moments import moments_of
    from pipeline.learning.device import best_device
    from pipeline.runtime.quantities import counted

    model = Model.open(inputs["model"], inputs["features"], best_device())
    bank = model.bank(inputs["features"])
    lines = read_captions(inputs["captions"])
    moments = {moment.frame: moment for moment in moments_of(inputs["frames"], 0)}
    rows = np.array([moments[line.frame].row for line in lines], np.int64)
    keys = [moments[line.frame].key for line in lines]
    learned = Learned.load(inputs["learned"])
    near, similarity = learned.nearest(model.captioner, bank.means[rows], keys, _NEAREST)
    frames = np.array([line.frame for line in lines], np.int64)
    ExplainedCaptions(frames, near, similarity, _heat(model, bank, rows, lines)).save(
        outputs["explained"]
    )
    return f"{counted(len(lines), 'line')} beside {counted(len(learned.names), 'training picture')}"


def _heat(model: Model, bank: FeatureBank, rows: Int64s, lines: list[CaptionLine]) -> UInt8s:
    """(n, p) where the words of each line looked, on average; (n, 0) without attention."""
    import numpy as np

    from pipeline.captioning.attention_maps import caption_maps, has_grid
    from pipeline.captions.inputs import inputs_of
    from pipeline.pictures.heat import heat_strength

    if not lines or not has_grid(model.card.spec, bank):
        return np.empty((len(lines), 0), np.uint8)
    sentences = [model.encode(line.words) for line in lines]
    maps = caption_maps(model.captioner, inputs_of(rows, model.card.spec), bank, sentences)
    return np.stack([heat_strength(one.attention[:-1].mean(0)) for one in maps])


def expect(amounts: Amounts, config: object, sections: Mapping[str, Any]) -> Expected:
    """What two cores of a Xeon take."""
    attends = sections["captions-train"]["captioner"]["attention"] != "none"
    return Expected(
        seconds=amounts["lines"] * (0.02 if attends else 0.002),
        startup=3,
        bytes=amounts["lines"] * 300,
        kind=str(attends),
    )


STAGE = Stage(
    inputs={
        "frames": "{item}/frames.h5",
        "features": "{item}/features.h5",
        "captions": "{item}/captions.jsonl",
        "model": "models/captions/{model}/model.safetensors",
        "learned": "models/captions/{model}/learned.h5",
    },
    outputs={"explained": "{item}/captions.explained.h5"},
    run=run,
    extra="learn",
    expect=expect,
    gpu=True,
    memory_mb=3000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
