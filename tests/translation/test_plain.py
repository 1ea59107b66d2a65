"""The losses and their gradients are those of the plain formulation in ``benchmarks``."""

from pathlib import Path

import pytest

from benchmarks._plain_translator import PlainTrainer
from benchmarks._translation_step import our_losses, plain_losses
from pipeline.learning.task import Place
from pipeline.translation.settings import LossSettings
from pipeline.translation.training_set import TrainingSet
from tests.translation import toys

PLACE = Place(1, 1)
"""Of a step in which both networks learn."""


@pytest.mark.parametrize("paired", [0.0, 1.0])
def test_losses_are_the_plain_ones(tmp_path: Path, paired: float) -> None:
    task = toys.task(TrainingSet.load([toys.write(tmp_path)]), paired=paired)
    part = task.batch(task.plan(1)[0]).part
    assert part is not None
    plain = PlainTrainer(task, toys.SIZE, toys.NETWORKS, LossSettings(), learning_rate=0.0)
    theirs = plain_losses(plain, part, task.shares(part, PLACE))
    ours = our_losses(task, part, PLACE)
    ours.pop("generator/paired", None)
    assert ours == pytest.approx(theirs, abs=1e-5)


def test_a_step_of_each_network_follows_the_plain_gradients(tmp_path: Path) -> None:
    task = toys.task(TrainingSet.load([toys.write(tmp_path)]), batch=12, learning_rate=1e-9)
    (plan,) = task.plan(1)
    plain = PlainTrainer(task, toys.SIZE, toys.NETWORKS, LossSettings(), learning_rate=1e-9)
    run = toys.training(task)
    run.run_epoch()
    run.run_epoch()  # in whose step the generator learns
    (plan,) = task.plan(2)
    part = task.batch(plan).part
    assert part is not None
    plain.discriminator_step(part, task.shares(part, Place(2, 0)))
    expected = [p.grad.clone() for p in plain.discriminator.parameters() if p.grad is not None]
    plain.generator_step(part)
    expected += [p.grad for p in plain.generator.parameters() if p.grad is not None]
    found = [p.grad for network in task.networks.values() for p in network.parameters()]
    for ours, theirs in zip(found, expected, strict=True):
        assert ours is not None
        # Where a rectifier or a difference is nearly 0, rounding decides on its side.
        assert (ours - theirs).norm() <= 0.01 * theirs.norm()
        assert theirs.norm() > 0
