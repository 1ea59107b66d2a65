"""Train a translator on pictures in several domains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta

from pipeline.engine.settings import Seed, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage
from pipeline.translation.settings import LossSettings, NetworkSettings, TranslatorSchedule

if TYPE_CHECKING:
    from pipeline.learning.team import Team
    from pipeline.learning.training import Training
    from pipeline.translation.training_record import TrainingRecord
    from pipeline.translation.training_set import TrainingSet


class Config(StageConfig, frozen=True):
    """The networks and how they learn."""

    networks: NetworkSettings = NetworkSettings()
    losses: LossSettings = LossSettings()
    schedule: TranslatorSchedule = TranslatorSchedule()
    share: Annotated[float, Meta(gt=0, le=1)] = 1.0
    """How much of the things to learn from is taken, to see what more pictures bring."""
    flip: bool = True
    """Whether half of the pictures are mirrored."""
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    """auto: bfloat16 on a GPU, float32 elsewhere."""
    processes: Annotated[int, Meta(ge=1)] = 1
    """How many train together, each on a GPU of its own if there is one."""
    seed: Seed = 2017


def check(config: Config, sections: Mapping[str, Any]) -> None:
    """Raise PipelineError INVALID_SETTING where pictures cannot be halved so often."""
    from pipeline.runtime.errors import ExitCode, PipelineError

    size, halvings = sections["translation-pictures"]["size"], config.networks.halvings
    if size % 2**halvings or size % 4:
        raise PipelineError(
            ExitCode.INVALID_SETTING,
            f"`translation: pictures: size:` is {size}, which is no multiple of"
            f" {max(4, 2**halvings)} (2 to the power of `train: networks: halvings:`)",
            "Take 64, 128 or 256, or fewer halvings",
        )


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``model.safetensors``, ``training.json`` and ``samples.png``."""
    import torch

    from pipeline.engine.code_digest import result_key
    from pipeline.learning.device import trains_in_bfloat16
    from pipeline.learning.settings import Schedule
    from pipeline.learning.team import joined
    from pipeline.learning.training import Training
    from pipeline.translation.model_file import Translator, TranslatorCard
    from pipeline.translation.networks import Discriminator, Generator
    from pipeline.translation.samples import Samples
    from pipeline.translation.task import TranslatorTask
    from pipeline.translation.training_set import TrainingSet

    torch.set_flush_denormal(True)  # see stages.danmaku.train
    pictures = TrainingSet.load(inputs.every("pictures"), config.share)
    domains = len(pictures.domain_names)
    torch.manual_seed(config.seed)
    generator = Generator(domains, config.networks)
    discriminator = Discriminator(domains, pictures.size, config.networks)
    with joined() as team:
        task = TranslatorTask(
            generator,
            discriminator,
            pictures,
            team,
            schedule=config.schedule,
            losses=config.losses,
            flip=config.flip,
            seed=config.seed,
        )
        training = Training(
            task,
            Schedule(epochs=config.schedule.epochs),
            team,
            recipes=task.recipes,
            bfloat16=trains_in_bfloat16(team.device, config.precision),
        )
        samples = Samples(pictures, outputs.folder / "samples", team.device)
        checkpoint = training.run(
            outputs.folder,
            result_key("stages.translation.train", config, inputs.all()),
            lambda epoch: samples.draw(generator, epoch, outputs["samples"]),
        )
        record = _record(inputs, pictures, samples.names, training, team)
        if team.leads:
            # Once more, for a run that was killed after its last epoch has no sheet.
            last = len(record.epochs)
            training.measure(lambda: samples.draw(generator, last, outputs["samples"]))
            record.save(outputs["training"])
            card = TranslatorCard(
                config.networks, pictures.domain_names, pictures.exclusive, pictures.size
            )
            Translator(generator, card).save(outputs["model"])
            checkpoint.remove()
    return record.summary


def _record(
    inputs: Files,
    pictures: TrainingSet,
    samples: list[str],
    training: Training[Any, Any],
    team: Team,
) -> TrainingRecord:
    """What was learned from, and how that went."""
    from pipeline.translation.training_record import TrainingRecord

    return TrainingRecord(
        videos=[path.parent.name for path in inputs.every("pictures")],
        fingerprints=[one.fingerprint for one in pictures.collections],
        domains=pictures.domain_names,
        exclusive=pictures.exclusive,
        size=pictures.size,
        pictures=pictures.counts(held_out=False),
        held_out=pictures.counts(held_out=True),
        kept_back=len(pictures.rows(held_out=True)),
        parameters={
            name: sum(p.numel() for p in network.parameters())
            for name, network in training.task.networks.items()
        },
        samples=samples,
        device=str(team.device),
        processes=team.size,
        epochs=training.history,
    )


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What two cores of a Xeon take; it grows with pixels and the square of channels."""
    size, networks = sections["translation-pictures"]["size"], config.networks
    work = (size / 64) ** 2 * (networks.channels / 32) ** 2
    weights = 4e6 * (networks.channels / 32) ** 2
    return Expected(
        seconds=amounts["domain_pictures"] * config.share * config.schedule.epochs * 0.04 * work,
        startup=4,
        bytes=weights,
        kind=f"{size} {networks.channels} {networks.blocks} {networks.halvings}",
    )


STAGE = Stage(
    inputs={"pictures": "{train}/translation.h5"},
    outputs={
        "model": "models/translation/{model}/model.safetensors",
        "training": "models/translation/{model}/training.json",
        "samples": "models/translation/{model}/samples.png",
    },
    config=Config,
    run=run,
    check=check,
    extra="learn",
    expect=expect,
    gpu=True,
    whole_machine=True,
    memory_mb=6000,
    processes="processes",
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
