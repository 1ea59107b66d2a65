"""Small pictures in domains, small networks for them, and their training."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch
from torch import Tensor

from pipeline.learning.settings import Schedule
from pipeline.learning.team import Team
from pipeline.learning.training import Training
from pipeline.runtime.arrays import Bools
from pipeline.translation.networks import Discriminator, Generator
from pipeline.translation.pictures_file import write_domain_pictures
from pipeline.translation.settings import LossSettings, NetworkSettings, TranslatorSchedule
from pipeline.translation.task import DISCRIMINATOR, GENERATOR, TranslatorTask
from pipeline.translation.training_set import TrainingSet

ALONE = Team(0, 1, torch.device("cpu"))
SIZE, DOMAINS = 16, ["bright", "dark", "red"]
NETWORKS = NetworkSettings(channels=4, blocks=1, halvings=2)
SCHEDULE = TranslatorSchedule(batch=4, epochs=2, learning_rate=1e-3, discriminator_steps=2)


def picture(thing: int, domain: int) -> np.ndarray:
    """A square somewhere on a ground whose colour is the domain's."""
    draws = np.random.default_rng(thing)
    ground, square = ((250, 250, 250), (20, 20, 20), (250, 30, 30))[domain], (40, 90, 200)
    pixels = np.full((SIZE, SIZE, 3), ground, np.uint8)
    y, x = draws.integers(0, SIZE - 6, 2)
    pixels[y : y + 6, x : x + 6] = square
    return pixels


def write(
    folder: Path,
    things: int = 5,
    domains: Bools | None = None,
    names: Sequence[str] = DOMAINS,
    held_out: int = 1,
) -> Path:
    """A file with each thing in each domain, of which the last are held out; returns its path.

    ``domains`` (things × 3, d) are taken instead of those.
    """
    pairs = [(thing, domain) for domain in range(len(DOMAINS)) for thing in range(things)]
    own = np.array([[domain == d for d in range(len(DOMAINS))] for _, domain in pairs])
    target = folder / "translation.h5"
    write_domain_pictures(
        target,
        (picture(*pair) for pair in pairs),
        SIZE,
        domains=own if domains is None else domains,
        held_out=np.array([thing >= things - held_out for thing, _ in pairs]),
        things=[str(thing) for thing, _ in pairs],
        names=[f"{DOMAINS[domain]}/{thing}.png" for thing, domain in pairs],
        domain_names=names,
        fingerprint="00ff",
    )
    return target


def networks(domains: int, seed: int = 0) -> tuple[Generator, Discriminator]:
    torch.manual_seed(seed)
    return Generator(domains, NETWORKS), Discriminator(domains, SIZE, NETWORKS)


def task(
    pictures: TrainingSet,
    team: Team = ALONE,
    *,
    paired: float = 0,
    cycle: float = 10,
    **changes: Any,
) -> TranslatorTask:
    return TranslatorTask(
        *networks(len(pictures.domain_names)),
        pictures,
        team,
        schedule=msgspec.structs.replace(SCHEDULE, **changes),
        losses=LossSettings(paired=paired, cycle=cycle),
        flip=True,
        seed=3,
    )


def training(made: TranslatorTask, team: Team = ALONE, epochs: int = 2) -> Training[Any, Any]:
    return Training(made, Schedule(epochs=epochs), team, recipes=made.recipes)


def weights(made: TranslatorTask) -> dict[str, Tensor]:
    return {
        f"{name}.{key}": tensor.clone()
        for name in (DISCRIMINATOR, GENERATOR)
        for key, tensor in made.networks[name].state_dict().items()
    }
