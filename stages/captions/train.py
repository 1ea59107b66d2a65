"""Train a captioner on pictures and what people wrote about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from pipeline.captioning.settings import Architecture
from pipeline.engine.settings import Seed, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage
from pipeline.learning.settings import Schedule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.captioning.model_file import Model
    from pipeline.captioning.task import CaptionerTask
    from pipeline.captions.learned_file import LearnedPicture
    from pipeline.captions.material import TrainingMaterial
    from pipeline.captions.training_record import TrainingRecord
    from pipeline.learning.team import Team
    from pipeline.learning.training import Training


class Config(StageConfig, frozen=True):
    """The captioner and how it learns."""

    captioner: Architecture = Architecture(
        attention="none", gate=False, time=False, rate=False, size=256
    )
    """Neither ``time`` nor ``rate`` means anything for stills."""
    schedule: Schedule = Schedule(batch=128, epochs=50, patience=6)
    vocabulary: Annotated[int, Meta(ge=1)] = 30_000
    """Keep this many of the most frequent words."""
    max_words: Annotated[int, Meta(ge=1, le=200)] = 40
    """Longer captions are cut."""
    ratings: Literal["weight", "ignore"] = "weight"
    """Whether captions with more stars count more."""
    rating_weight: Annotated[float, Meta(ge=0)] = 0.5
    """Of predicting a caption's rating, in nats, against predicting its words."""
    blind_share: Annotated[float, Meta(ge=0, lt=1)] = 0.1
    """Of the pictures, hidden in each step: so the model learns what is said about any picture,
    which ``captions: write: blind:`` then counts against a line."""
    doubly_stochastic: Annotated[float, Meta(ge=0)] = 0.0
    """The cost of positions that a caption neglects; Show, Attend and Tell used 1."""
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    """auto: bfloat16 on a GPU, float32 elsewhere."""
    processes: Annotated[int, Meta(ge=1)] = 1
    """How many train together, each on a GPU of its own if there is one."""
    seed: Seed = 2017


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``model.safetensors``, ``training.json`` and ``learned.h5``."""
    import torch

    from pipeline.captioning.task import CaptionerTask
    from pipeline.captions.learned_file import write_learned
    from pipeline.captions.material import TrainingMaterial
    from pipeline.engine.code_digest import result_key
    from pipeline.learning.device import trains_in_bfloat16
    from pipeline.learning.team import joined
    from pipeline.learning.training import Training

    torch.set_flush_denormal(True)  # see stages.danmaku.train
    material = TrainingMaterial.load(
        *(inputs.every(name) for name in ("texts", "frames", "features")),
        grid=config.captioner.attends,
    )
    vocabulary = material.vocabulary(config.vocabulary)
    model = material.fresh_model(config.captioner, vocabulary, config.seed)
    weighted = config.ratings == "weight"
    train = material.captions(model, config.max_words, held_out=False, weighted=weighted)
    dev = material.captions(model, config.max_words, held_out=True)
    with joined() as team:
        material.bank.reside_on(team.device)
        task = CaptionerTask(
            model.captioner,
            train,
            dev,
            material.bank,
            team,
            batch_size=config.schedule.batch,
            doubly_stochastic=config.doubly_stochastic,
            seed=config.seed,
            style_weight=config.rating_weight,
            blind_share=config.blind_share,
        )
        bfloat16 = trains_in_bfloat16(team.device, config.precision)
        training = Training(task, config.schedule, team, bfloat16=bfloat16)
        checkpoint = training.run(
            outputs.folder, result_key("stages.captions.train", config, inputs.all())
        )
        record = _record(material, model, task, training, team, config.seed)
        if team.leads:
            record.save(outputs["training"])
            write_learned(outputs["learned"], material.tap, _learned(inputs, material))
            model.save(outputs["model"])
            checkpoint.remove()
    return record.summary(record.held_out, "captions")


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
    import numpy as np

    from pipeline.captioning.task import training_record
    from pipeline.captions.training_record import TrainingRecord

    learned = [text for texts in material.texts for text in texts if not text.held_out]
    return TrainingRecord(
        **msgspec.structs.asdict(training_record(model, task, training, team, seed)),
        videos=material.names,
        fingerprints=[frames.fingerprint for frames in material.frames],
        captions=len(task.train),
        pictures=len(np.unique(task.train.inputs.picture)),
        held_out=len(task.dev),
        rated=sum(text.rating is not None for text in learned),
        distinct_words=model.vocabulary.distinct,
        kept_words=len(model.vocabulary.words),
    )


def _learned(inputs: Files, material: TrainingMaterial) -> Iterator[LearnedPicture]:
    """The pictures that were learned from, each distinct one once, with its texts."""
    from collections import defaultdict

    from pipeline.captions.learned_file import LearnedPicture, LearnedText
    from pipeline.pictures.frames_file import read_keys, read_names, read_thumbnail

    for number, path in enumerate(inputs.every("frames")):
        names, keys, frames = read_names(path), read_keys(path), material.frames[number]
        texts: dict[int, list[LearnedText]] = defaultdict(list)
        first: dict[int, int] = {}
        for text in material.texts[number]:
            if text.words and not text.held_out:
                row = int(frames.row[text.frame])
                first.setdefault(row, text.frame)
                texts[row].append(LearnedText(text.text, text.sentence, text.rating))
        start = int(material.bank.starts[number])
        for row, said in texts.items():
            yield LearnedPicture(
                f"{material.names[number]}/{names[first[row]]}",
                keys[row],
                material.bank.means[start + row],
                read_thumbnail(path, first[row]),
                said,
            )


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What two cores of a Xeon take; how many epochs are needed, nobody knows before."""
    captioner = config.captioner
    return Expected(
        seconds=amounts["captions"] * config.schedule.epochs * 4e-4,
        startup=4,
        bytes=5e6 * (captioner.size / 256) ** 2 + amounts["pictures"] * 8e3,
        kind=f"{captioner.decoder} {captioner.attention} {captioner.size}",
    )


STAGE = Stage(
    inputs={
        "features": "{train}/features.h5",
        "frames": "{train}/frames.h5",
        "texts": "{train}/texts.jsonl",
    },
    outputs={
        "model": "models/captions/{model}/model.safetensors",
        "training": "models/captions/{model}/training.json",
        "learned": "models/captions/{model}/learned.h5",
    },
    config=Config,
    run=run,
    extra="learn",
    expect=expect,
    gpu=True,
    whole_machine=True,
    memory_mb=4000,
    processes="processes",
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
