"""A translator's training step beside that of StarGAN's authors (``_plain_translator.py``).

``step_over_plain``  how many times as fast ours is, through the training loop and with the average
                     of the weights: five steps of the discriminator and one of the generator.

Both train the default networks on the same pictures of 64 pixels, in float32; the plain one finds
its batches ready. Their losses must be the same before anything is measured.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from benchmarks._measure import Rounds, Way, interleaved, milliseconds_each, report, speed_ratio
from benchmarks._plain_translator import PlainTrainer
from pipeline.learning.device import best_device
from pipeline.learning.settings import Schedule
from pipeline.learning.task import Place
from pipeline.learning.team import Team
from pipeline.learning.training import Training
from pipeline.translation.networks import Discriminator, Generator
from pipeline.translation.pictures_file import write_domain_pictures
from pipeline.translation.task import DISCRIMINATOR, GENERATOR, Part, Plan, TranslatorTask
from pipeline.translation.training_set import TrainingSet
from stages.translation.train import Config

CONFIG = Config()
SIZE, DOMAINS = 64, 4
CYCLE = CONFIG.schedule.discriminator_steps
SAME = 1e-5  # of each loss
ROUNDS = 5


def main() -> None:
    """Measure and report."""
    torch.set_flush_denormal(True)  # as the stage does
    load = {"load_before": [os.getloadavg()[0]]}
    with tempfile.TemporaryDirectory() as folder:
        report("translation_step", load | figures(Path(folder)))


def figures(folder: Path) -> dict[str, Rounds]:
    """Milliseconds of a step of each, and their ratio; a file is written to ``folder``."""
    team = Team(0, 1, best_device())
    task = _task(folder / "translation.h5", team)
    training = Training(task, Schedule(epochs=10**6), team, recipes=task.recipes)
    plain = PlainTrainer(task, SIZE, CONFIG.networks, CONFIG.losses)
    parts = [part for plan in task.plan(1) if (part := task.batch(plan).part)]
    _require_same(task, parts[0])
    ways = {"step": _ours(training), "plain": _theirs(plain, parts)}
    seconds = interleaved(ways, ROUNDS)
    times = {f"{way}_ms": milliseconds_each(CYCLE, seconds[way]) for way in seconds}
    return {**times, "step_over_plain": speed_ratio(seconds["step"], over=seconds["plain"])}


def our_losses(task: TranslatorTask, part: Part, place: Place) -> dict[str, float]:
    """Means over pictures of the parts of both losses, at a step in which both networks learn."""
    found: dict[str, float] = {}
    for network in (DISCRIMINATOR, GENERATOR):
        means = task.loss(network, part, place).reported / len(part.pictures)
        names = task.recipes[network].losses
        found |= {f"{network}/{n}": v for n, v in zip(names, means.tolist(), strict=True)}
    return found


def plain_losses(trainer: PlainTrainer, part: Part, shares: torch.Tensor) -> dict[str, float]:
    """The same of the plain formulation, if its learning rate is 0."""
    steps = {
        DISCRIMINATOR: trainer.discriminator_step(part, shares),
        GENERATOR: trainer.generator_step(part),
    }
    return {f"{network}/{n}": v.item() for network, some in steps.items() for n, v in some.items()}


def _require_same(task: TranslatorTask, part: Part) -> None:
    """Refuse to compare what does not learn by the same losses."""
    place = Place(1, CYCLE - 1)
    still = PlainTrainer(task, SIZE, CONFIG.networks, CONFIG.losses, learning_rate=0.0)
    theirs = plain_losses(still, part, task.shares(part, place))
    for name, ours in our_losses(task, part, place).items():
        if not abs(ours - theirs[name]) <= SAME:
            sys.exit(f"this is another formulation: {name} is {theirs[name]}, and ours {ours}")


def _ours(training: Training[Plan, Part]) -> Way:
    """Seconds of one more epoch, without measuring on held-out pictures."""

    def way() -> float:
        started = ended = time.perf_counter()

        def step_ended() -> None:
            nonlocal ended
            if torch.cuda.is_available():
                torch.cuda.synchronize()
            ended = time.perf_counter()

        training.run_epoch(step_ended)
        return ended - started

    return way


def _theirs(trainer: PlainTrainer, parts: list[Part]) -> Way:
    """Seconds of as many steps."""

    def way() -> float:
        started = time.perf_counter()
        for number, part in enumerate(parts, 1):
            shares = torch.rand(len(part.pictures), device=part.pictures.device)
            trainer.discriminator_step(part, shares)
            if number % CYCLE == 0:
                trainer.generator_step(part)
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        return time.perf_counter() - started

    return way


def _task(path: Path, team: Team) -> TranslatorTask:
    """Over as many pictures as ``CYCLE`` steps need, and one held out; they are noise."""
    draws = np.random.default_rng(CONFIG.seed)
    count = CYCLE * CONFIG.schedule.batch + 1
    names = [str(number) for number in range(count)]
    write_domain_pictures(
        path,
        (draws.integers(0, 256, (SIZE, SIZE, 3), np.uint8) for _ in names),
        SIZE,
        domains=np.eye(DOMAINS, dtype=bool)[np.arange(count) % DOMAINS],
        held_out=np.arange(count) == count - 1,
        things=names,
        names=names,
        domain_names=[f"domain {number}" for number in range(DOMAINS)],
        fingerprint="",
    )
    torch.manual_seed(CONFIG.seed)
    return TranslatorTask(
        Generator(DOMAINS, CONFIG.networks),
        Discriminator(DOMAINS, SIZE, CONFIG.networks),
        TrainingSet.load([path]),
        team,
        schedule=CONFIG.schedule,
        losses=CONFIG.losses,
        flip=CONFIG.flip,
        seed=CONFIG.seed,
    )


if __name__ == "__main__":
    main()
