"""A translator's training: its batches, its losses, and that it goes on exactly."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pipeline.learning.checkpoint import Checkpoint
from pipeline.learning.task import Place
from pipeline.learning.team import Team
from pipeline.learning.training import Training
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.translation.task import DISCRIMINATOR, GENERATOR
from pipeline.translation.training_set import NO_TRUTH, TrainingSet
from tests.translation import toys


@pytest.fixture
def pictures(tmp_path: Path) -> TrainingSet:
    return TrainingSet.load([toys.write(tmp_path)])


def finish(run: Training[Any, Any]) -> Training[Any, Any]:
    while not run.finished:
        run.run_epoch()
    return run


def test_an_epoch_has_every_picture_once_with_targets_from_its_batch(pictures: TrainingSet) -> None:
    plans = toys.task(pictures).plan(1)
    rows = np.concatenate([plan.rows for plan in plans])
    assert sorted(rows.tolist()) == pictures.rows(held_out=False).tolist()
    for plan in plans:
        own = pictures.domains[plan.rows]
        assert sorted(plan.targets.argmax(1)) == sorted(own.argmax(1))
    again, other = toys.task(pictures).plan(1), toys.task(pictures).plan(2)
    assert all(np.array_equal(a.rows, b.rows) for a, b in zip(plans, again, strict=True))
    assert not all(np.array_equal(a.rows, b.rows) for a, b in zip(plans, other, strict=True))


def test_a_batch_has_the_pictures_of_its_rows_and_some_are_mirrored(pictures: TrainingSet) -> None:
    task = toys.task(pictures)
    plan = task.plan(1)[0]._replace(flipped=np.array([True, False, False, False]))
    part = task.batch(plan).part
    assert part is not None
    expected = pictures.pictures(plan.rows, toys.ALONE.device)
    assert torch.equal(part.pictures[0], expected[0].flip(2))
    assert torch.equal(part.pictures[1:], expected[1:])
    assert expected.min() >= -1
    thing, domain = plan.rows[1] % 5, plan.rows[1] // 5
    pixels = torch.from_numpy(toys.picture(int(thing), int(domain))).permute(2, 0, 1)
    torch.testing.assert_close(expected[1], pixels / 127.5 - 1)


def test_it_learns_to_show_pictures_in_other_domains(pictures: TrainingSet) -> None:
    task = toys.task(pictures, epochs=30, paired=10.0, discriminator_steps=1, learning_rate=4e-3)
    before = toys.training(task).measure(task.evaluate)
    run = finish(toys.training(task, epochs=30))
    after = run.history[-1].held_out
    assert after["paired"] < 0.6 * before["paired"]
    assert after["own"] > 0.9


def test_losses_are_reported_by_their_parts(pictures: TrainingSet) -> None:
    train = finish(toys.training(toys.task(pictures, paired=1.0))).history[-1].train
    assert train.keys() == {
        *(f"discriminator/{n}" for n in ("real", "made", "classification", "gradient_penalty")),
        *(f"generator/{n}" for n in ("adversarial", "classification", "cycle", "paired")),
    }
    assert all(np.isfinite(value) for value in train.values())


def test_truths_are_pictures_of_the_same_thing_on_the_same_side(pictures: TrainingSet) -> None:
    rows = np.array([0, 4, 0])  # things 0 and 4 in the first domain; 4 is held out
    targets = np.eye(3, dtype=np.float32)[[1, 2, 0]]
    assert pictures.truths(rows, targets).tolist() == [5, 14, 0]
    assert pictures.truths(rows, 1 - targets).tolist() == [NO_TRUTH] * 3


def test_a_run_resumed_at_any_step_equals_an_undisturbed_one(
    pictures: TrainingSet, tmp_path: Path
) -> None:
    task = toys.task(pictures)
    undisturbed = finish(toys.training(task))
    saving = toys.training(toys.task(pictures))
    saved: list[Checkpoint] = []

    def save() -> None:
        saved.append(Checkpoint(tmp_path / f"{len(saved)}", "key"))
        saving.save(saved[-1])

    while not saving.finished:
        saving.run_epoch(save)
        save()
    assert len(saved) == 2 * (3 + 1)
    undisturbed.use_best()
    expected = toys.weights(task)
    for checkpoint in saved:
        task = toys.task(pictures)
        resumed = toys.training(task)
        assert resumed.resume(checkpoint)
        finish(resumed)
        resumed.use_best()
        found = toys.weights(task)
        assert all(torch.equal(tensor, found[name]) for name, tensor in expected.items())


def test_two_processes_add_up_to_one(pictures: TrainingSet) -> None:
    whole, halves = (
        toys.task(pictures),
        [toys.task(pictures, Team(rank, 2, torch.device("cpu"))) for rank in range(2)],
    )
    plan, place = whole.plan(1)[0], Place(1, 1)  # a step in which the generator learns
    for network in (DISCRIMINATOR, GENERATOR):
        part = whole.batch(plan).part
        assert part is not None
        expected = whole.loss(network, part, place)
        parts = [task.batch(plan).part for task in halves]
        found = [t.loss(network, p, place) for t, p in zip(halves, parts, strict=True) if p]
        torch.testing.assert_close(sum(one.total for one in found), expected.total)
        torch.testing.assert_close(sum(one.reported for one in found), expected.reported)


def test_attributes_are_learned_each_by_itself(tmp_path: Path) -> None:
    several = np.random.default_rng(0).random((15, 2)) < 0.5
    several[0] = True
    pictures = TrainingSet.load([toys.write(tmp_path, domains=several, names=["hat", "tie"])])
    assert not pictures.exclusive
    measures = finish(toys.training(toys.task(pictures))).history[-1].held_out
    assert measures.keys() == {"cycle", "target", "own"}


def test_a_learning_rate_that_is_far_too_high_is_told(
    pictures: TrainingSet, tmp_path: Path
) -> None:
    run = toys.training(toys.task(pictures, learning_rate=1.0, epochs=20), epochs=20)
    with pytest.raises(PipelineError, match="training diverged") as caught:
        run.run(tmp_path / "run", "key")
    assert caught.value.code == ExitCode.DIVERGED


def test_a_domain_of_which_nothing_is_left_is_told(tmp_path: Path) -> None:
    own = np.zeros((15, 3), bool)
    own[:, 0] = True
    own[4] = [False, True, False]
    own[9] = [False, False, True]  # both held out
    with pytest.raises(PipelineError, match="no picture of dark and red is left") as caught:
        TrainingSet.load([toys.write(tmp_path, domains=own)])
    assert caught.value.code == ExitCode.NOTHING_USABLE
    assert "bright (12), dark (0), red (0), and 3 pictures held out" in str(caught.value)


def test_collections_are_learned_together_by_their_domains_names(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    one = toys.write(tmp_path)
    other = toys.write(tmp_path / "b", names=["red", "dark", "blue"])
    both = TrainingSet.load([one, other])
    assert both.domain_names == ["bright", "dark", "red", "blue"]
    assert both.counts(held_out=False) == {"bright": 4, "dark": 8, "red": 8, "blue": 4}
    last = both.pictures(np.array([29]), toys.ALONE.device)
    assert torch.equal(last, both.pictures(np.array([14]), toys.ALONE.device))


def test_a_share_of_the_things_is_learned_from_and_a_smaller_one_is_part_of_it(
    tmp_path: Path,
) -> None:
    path = toys.write(tmp_path, things=20, held_out=4)
    whole, half, quarter = (TrainingSet.load([path], share) for share in (1.0, 0.5, 0.25))
    counts = [found.counts(held_out=False)["dark"] for found in (whole, half, quarter)]
    assert counts == [16, 8, 4]
    learned = [set(found.rows(held_out=False).tolist()) for found in (whole, half, quarter)]
    assert learned[0] > learned[1] > learned[2]
    assert whole.rows(held_out=True).tolist() == quarter.rows(held_out=True).tolist()
    assert len({row % 20 for row in learned[2]}) == 4  # each in all three domains
