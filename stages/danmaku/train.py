"""Train a captioner on the comments and features of all training videos."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from pipeline.captioning.settings import Architecture
from pipeline.engine.settings import SHARED, Seed, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage
from pipeline.learning.settings import Schedule
from pipeline.pictures.settings import Seen

if TYPE_CHECKING:
    from pipeline.captioning.model_file import Model
    from pipeline.captioning.task import CaptionerTask
    from pipeline.danmaku.training.material import TrainingMaterial
    from pipeline.danmaku.training.training_record import TrainingRecord
    from pipeline.learning.team import Team
    from pipeline.learning.training import Training


class Config(StageConfig, frozen=True):
    """The captioner and how it learns."""

    sees: Annotated[Seen, SHARED] = "features"
    """What the model knows of pictures: what a network sees, or beside it the tags of a tagger."""
    captioner: Architecture = Architecture()
    schedule: Schedule = Schedule()
    max_words: Annotated[int, Meta(ge=1, le=200)] = 20
    """Longer comments are cut."""
    doubly_stochastic: Annotated[float, Meta(ge=0)] = 0.0
    """The cost of positions that a comment neglects; Show, Attend and Tell used 1."""
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    """auto: bfloat16 on a GPU, float32 elsewhere."""
    processes: Annotated[int, Meta(ge=1)] = 1
    """How many train together, each on a GPU of its own if there is one."""
    seed: Seed = 2017


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``model.safetensors`` and ``training.json``."""
    import torch

    from pipeline.captioning.task import CaptionerTask
    from pipeline.engine.code_digest import result_key
    from pipeline.learning.device import trains_in_bfloat16
    from pipeline.learning.team import joined
    from pipeline.learning.training import Training
    from pipeline.runtime.logs import log

    # Moments of rare words shrink by a tenth a step; as denormals they slow a CPU down tenfold.
    torch.set_flush_denormal(True)
    material = _material(inputs, config)
    model = material.fresh_model(config.captioner, config.seed)
    train, dev = material.split(model.card.spec, config.max_words)
    with joined() as team:
        if material.bank.reside_on(team.device):
            log.info("all features lie in the memory of %s", team.device)
        task = CaptionerTask(
            model.captioner,
            train,
            dev,
            material.bank,
            team,
            batch_size=config.schedule.batch,
            doubly_stochastic=config.doubly_stochastic,
            seed=config.seed,
        )
        bfloat16 = trains_in_bfloat16(team.device, config.precision)
        training = Training(task, config.schedule, team, bfloat16=bfloat16)
        checkpoint = training.run(
            outputs.folder, result_key("stages.danmaku.train", config, inputs.all())
        )
        record = _record(material, model, task, training, team, config.seed)
        if team.leads:
            record.save(outputs["training"])
            model.save(outputs["model"])
            checkpoint.remove()
    log.debug(
        "dev %.3f nats a word, %.3f with pictures shuffled",
        *(record.dev_nll, record.dev_nll_shuffled),
    )
    return record.summary(len(dev), "comments")


def _material(inputs: Files, config: Config) -> TrainingMaterial:
    from pipeline.danmaku.training.material import TrainingMaterial

    return TrainingMaterial.load(
        inputs.every("aligned"),
        inputs.every("frames"),
        inputs.every("features"),
        inputs["vocabulary"],
        grid=config.captioner.attends,
    )


def _record(
    material: TrainingMaterial,
    model: Model,
    task: CaptionerTask,
    training: Training[Any, Any],
    team: Team,
    seed: int,
) -> TrainingRecord:
    """What was learned from, and how well; every process of the team takes part in measuring."""
    import msgspec

    from pipeline.captioning.task import training_record
    from pipeline.danmaku.training.training_record import CommentTable, TrainingRecord

    return TrainingRecord(
        **msgspec.structs.asdict(training_record(model, task, training, team, seed)),
        videos=material.names,
        fingerprints=[frames.fingerprint for frames in material.frames],
        table=CommentTable.from_videos(material.videos, material.vocabulary),
    )


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What two cores of a Xeon take; how many epochs are needed, nobody knows before."""
    captioner, backbone = config.captioner, sections["features"]["backbone"]
    return Expected(
        seconds=amounts["comments"] * config.schedule.epochs * 2e-3,
        startup=4,
        bytes=5e6 * (captioner.size / 256) ** 2,
        kind=f"{captioner.decoder} {captioner.attention} {captioner.size} {backbone}",
    )


STAGE = Stage(
    inputs={
        "features": "{train}/{sees}.h5",
        "frames": "{train}/frames.h5",
        "aligned": "{train}/aligned.h5",
        "vocabulary": "models/danmaku/{model}/vocabulary.json",
    },
    outputs={
        "model": "models/danmaku/{model}/model.safetensors",
        "training": "models/danmaku/{model}/training.json",
    },
    config=Config,
    run=run,
    extra="learn",
    expect=expect,
    gpu=True,
    whole_machine=True,
    memory_mb=8000,
    processes="processes",
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
