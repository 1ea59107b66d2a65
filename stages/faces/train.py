"""Learn to find faces from boxes that people drew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from msgspec import Meta

from pipeline.engine.settings import Seed, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage
from pipeline.faces.detection.settings import (
    AugmentationSettings,
    DetectorSchedule,
    NetworkSettings,
    Probability,
)
from pipeline.pictures.settings import HeldOutSettings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipeline.faces.detection.kept import KeptDetector
    from pipeline.faces.detection.training_record import DetectorTraining
    from pipeline.faces.detection.training_set import Chosen, Example
    from pipeline.learning.training import Training


class Config(StageConfig, frozen=True):
    """The network, and how it learns."""

    label: Annotated[str, Meta(min_length=1)] = "face"
    """The class of the boxes that count."""
    pseudo: Probability | None = None
    """Boxes of models in ``labels.jsonl`` count, too, of pictures that no person looked at and
    whose every box has at least this probability; null takes none."""
    network: NetworkSettings = NetworkSettings()
    augmentation: AugmentationSettings = AugmentationSettings()
    schedule: DetectorSchedule = DetectorSchedule()
    held_out: HeldOutSettings = HeldOutSettings()
    """Of the pictures that people looked at, those that the detector is measured by."""
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    """auto: bfloat16 on a GPU, float32 elsewhere."""
    processes: Annotated[int, Meta(ge=1)] = 1
    """How many train together, each on a GPU of its own if there is one."""
    seed: Seed = 2017


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``detector.safetensors`` and ``training.json``."""
    import torch

    from pipeline.faces.detection.augmentation import Augmentation
    from pipeline.faces.detection.kept import KeptDetector
    from pipeline.faces.detection.model_file import DetectorCard, DetectorFile
    from pipeline.faces.detection.network import build_detector
    from pipeline.faces.detection.task import DetectorTask
    from pipeline.learning.device import trains_in_bfloat16
    from pipeline.learning.settings import Schedule
    from pipeline.learning.team import joined
    from pipeline.learning.training import Training

    torch.set_flush_denormal(True)  # see stages.danmaku.train
    collections = _collections(inputs, config)
    kept, key = KeptDetector(outputs.folder / ".kept-detector"), _key(collections, config)
    if kept.has(outputs.all(), key) or (not collections and kept.exists(outputs.all())):
        return _as_before(kept, outputs, config, boxes=bool(collections))
    examples = _examples(collections, config)
    detector, backbone = build_detector(config.network, config.seed)
    with joined() as team:
        task = DetectorTask(
            detector,
            examples,
            Augmentation(config.augmentation, config.network.size),
            team,
            size=config.network.size,
            schedule=config.schedule,
            seed=config.seed,
        )
        training = Training(
            task,
            Schedule(epochs=config.schedule.epochs),
            team,
            recipes=task.recipes,
            bfloat16=trains_in_bfloat16(team.device, config.precision),
        )
        checkpoint = training.run(outputs.folder, key)
        record = _record(inputs, examples, training, config, backbone, str(team.device))
        if team.leads:
            record.save(outputs["training"])
            card = DetectorCard(
                network=config.network,
                backbone=backbone,
                label=config.label,
                collections=record.videos,
                fingerprints=record.fingerprints,
                people=record.people,
                models=record.models,
            )
            DetectorFile(detector, card).save(outputs["detector"])
            kept.keep(outputs.all(), key)
            checkpoint.remove()
    return record.summary


class _Collection(NamedTuple):
    """A collection of which somebody boxed pictures."""

    stills: Path
    frames: Path
    chosen: list[Chosen]


def _collections(inputs: Files, config: Config) -> list[_Collection]:
    from pipeline.faces.detection.people import peoples_boxes
    from pipeline.faces.detection.training_set import choose
    from pipeline.labels.labels_file import read_labels_file

    found = []
    files = zip(*(inputs.every(n) for n in ("stills", "frames", "labels")), strict=True)
    for stills, frames, labels in files:
        said = peoples_boxes(read_labels_file(labels), config.label)
        said.tell(config.label)
        found.append(_Collection(stills, frames, choose(said, config.pseudo)))
    return [one for one in found if one.chosen]


def _key(collections: Sequence[_Collection], config: Config) -> str:
    """What the detector is a function of."""
    from pipeline.engine.code_digest import result_key
    from pipeline.faces.detection.kept import digest

    files = [path for one in collections for path in (one.stills, one.frames)]
    boxes = [digest(one.chosen) for one in collections]
    return " ".join([result_key("stages.faces.train", config, files), *boxes])


def _as_before(kept: KeptDetector, outputs: Files, config: Config, *, boxes: bool) -> str:
    """Publish the detector that there was."""
    from pipeline.faces.detection.training_record import DetectorTraining
    from pipeline.learning.team import joined
    from pipeline.runtime.logs import log

    with joined() as team:
        if team.leads:
            kept.put_back(outputs.all())
            if not boxes:
                log.warning(
                    "LABELS has no box of the class %s: the detector stays as it was", config.label
                )
    return f"as it was: {DetectorTraining.load(outputs['training']).summary}"


def _examples(collections: Sequence[_Collection], config: Config) -> list[Example]:
    """The pictures of all collections that somebody boxed."""
    from pipeline.faces.detection.training_set import read_examples, require_faces
    from pipeline.sources.pointers import open_stills

    examples = []
    side = round(config.network.size * config.augmentation.largest)
    for one in collections:
        folder = open_stills(one.stills)
        examples += read_examples(
            folder, one.frames, one.chosen, side, config.held_out, config.seed
        )
    require_faces(examples, config.label)
    return examples


def _record(
    inputs: Files,
    examples: Sequence[Example],
    training: Training[Any, Any],
    config: Config,
    backbone: str,
    device: str,
) -> DetectorTraining:
    """What was learned from, and how that went."""
    from pipeline.faces.detection.training_record import DetectorTraining
    from pipeline.pictures.frames_file import Frames

    learned = [one for one in examples if not one.held_out]
    kept_back = [one for one in examples if one.held_out]
    return DetectorTraining(
        videos=[path.parent.name for path in inputs.every("frames")],
        fingerprints=[Frames.load(path).fingerprint for path in inputs.every("frames")],
        label=config.label,
        people=sum(one.by_person for one in learned),
        models=sum(not one.by_person for one in learned),
        faces=sum(len(one.boxes) for one in learned),
        held_out=len(kept_back),
        held_out_faces=sum(len(one.boxes) for one in kept_back),
        backbone=config.network.backbone,
        weights=backbone,
        parameters=sum(
            p.numel() for network in training.task.networks.values() for p in network.parameters()
        ),
        device=device,
        epochs=training.history,
    )


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What two cores of a Xeon take; it grows with pixels."""
    schedule, size = config.schedule, config.network.size
    pieces = schedule.epochs * max(schedule.pieces, amounts["boxed_pictures"])
    return Expected(
        seconds=pieces * 0.05 * (size / 256) ** 2,
        startup=5,
        bytes=13e6,
        kind=f"{config.network.backbone} {size} {config.network.channels}",
    )


STAGE = Stage(
    inputs={
        "stills": "{train}/source.stills.json",
        "frames": "{train}/frames.h5",
        "labels": "{train}/labels.jsonl",
    },
    outputs={
        "detector": "models/faces/{model}/detector.safetensors",
        "training": "models/faces/{model}/training.json",
    },
    config=Config,
    run=run,
    extra="learn",
    expect=expect,
    gpu=True,
    whole_machine=True,
    memory_mb=3000,
    processes="processes",
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
