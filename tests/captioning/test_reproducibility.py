"""Training is a function of data, settings and seed, however often it is interrupted."""

from pathlib import Path
from typing import Any

import pytest
import torch

from pipeline.captioning import task
from pipeline.captioning.captioner import Captioner
from pipeline.captioning.dropout import DropoutMasks, draw_masks
from pipeline.learning.checkpoint import Checkpoint
from pipeline.learning.threads import computing_with
from tests.captioning import toys
from tests.captioning.toys import Kind


def weights(network: Captioner) -> dict[str, bytes]:
    return {name: t.detach().numpy().tobytes() for name, t in network.state_dict().items()}


def losses(run: toys.CaptionerTraining) -> list[tuple[float, float, float, int, int]]:
    """The history without how long it took."""
    return [(e.train_nll, e.dev_nll, e.dev_style_nll, e.steps, e.words) for e in run.epochs]


@toys.all_kinds
def test_a_run_resumed_at_any_step_equals_an_undisturbed_one(tmp_path: Path, kind: Kind) -> None:
    short = {"epochs": 2, "batch": 12}
    undisturbed = toys.mixed_training(tmp_path, kind, **short)
    undisturbed.finish()

    saving = toys.mixed_training(tmp_path, kind, **short)
    checkpoints: list[tuple[tuple[int, int], Checkpoint]] = []

    def save() -> None:
        checkpoint = Checkpoint(tmp_path / f"{len(checkpoints)}.safetensors", "key")
        saving.save(checkpoint)
        checkpoints.append((saving.position, checkpoint))

    save()
    while not saving.finished:
        saving.run_epoch(save)
        save()
    steps = [epoch.steps for epoch in undisturbed.history]
    assert len(checkpoints) == 1 + sum(steps) + 2
    assert {epoch for (epoch, _), _ in checkpoints} == {1, 2, 3}
    assert min(steps) >= 3

    for position, checkpoint in checkpoints:
        torch.manual_seed(99)
        resumed = toys.mixed_training(tmp_path, kind, seed=8, **short)
        assert resumed.resume(checkpoint)
        assert resumed.position == position
        while not resumed.finished:
            resumed.run_epoch()
        assert resumed.steps == sum(steps)
        assert losses(resumed) == losses(undisturbed), position
        assert weights(resumed.captioner) == weights(undisturbed.captioner), position
        assert resumed.best_epoch == undisturbed.best_epoch
    best = undisturbed.nll(toys.dev_set(kind)), resumed.nll(toys.dev_set(kind))
    resumed.use_best()
    undisturbed.use_best()
    assert weights(resumed.captioner) == weights(undisturbed.captioner)
    assert best[0] == best[1]


@toys.all_kinds
def test_several_threads_learn_the_same_each_time(tmp_path: Path, kind: Kind) -> None:
    """With comments and numbers enough for torch to use them."""
    toys.bank(tmp_path, kind, count=6)
    comments, dev = toys.mixed_captions(kind, 220, 6), toys.dev_set(kind)
    runs = []
    for _ in range(3):
        network = toys.captioner(kind, size=256, dropout=0.3)
        bank = toys.open_bank(tmp_path)
        run = toys.training(network, comments, dev, bank, batch=200, doubly_stochastic=1)
        with computing_with(2):
            run.run_epoch()
        runs.append(weights(network))
    assert runs[1:] == runs[:-1]


@toys.all_kinds
def test_dropout_and_batches_are_a_function_of_the_seed(tmp_path: Path, kind: Kind) -> None:
    runs = []
    for schedule_seed, torch_seed in ((3, 0), (3, 1), (4, 0)):
        run = toys.training(
            toys.captioner(kind, dropout=0.3),
            toys.train_set(kind),
            toys.dev_set(kind),
            toys.bank(tmp_path, kind, count=6),
            batch=12,
            seed=schedule_seed,
        )
        torch.manual_seed(torch_seed)
        run.run_epoch()
        runs.append(weights(run.captioner))
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


def test_every_step_drops_something_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run, drawn = toys.mixed_training(tmp_path, toys.DOT), []

    def recorded(*arguments: Any) -> DropoutMasks | None:
        masks = draw_masks(*arguments)
        assert masks is not None
        drawn.append(masks.word[0].tolist())
        return masks

    monkeypatch.setattr(task, "draw_masks", recorded)
    for _ in range(2):
        run.run_epoch()
    assert len(drawn) == run.steps
    assert len({tuple(mask) for mask in drawn}) == run.steps


def test_without_dropout_the_seed_decides_the_batches_alone(tmp_path: Path) -> None:
    comments, bank = toys.train_set(toys.DOT), toys.bank(tmp_path, toys.DOT, count=6)
    runs = []
    for seed in (3, 4):
        network = toys.captioner(toys.DOT)
        run = toys.training(network, comments, comments, bank, batch=1000, seed=seed)
        assert run.run_epoch().steps == 1
        runs.append(network.state_dict())
    for name, tensor in runs[0].items():
        if name != "key.bias":  # its gradient is nothing but rounding, and Adam makes it large
            torch.testing.assert_close(tensor, runs[1][name], atol=1e-4, rtol=1e-4)


def test_measuring_changes_nothing_that_training_draws(tmp_path: Path) -> None:
    ends = []
    for measured in (False, True):
        run = toys.mixed_training(tmp_path, toys.ADDITIVE)
        run.run_epoch()
        if measured:
            run.nll(toys.train_set(toys.ADDITIVE))
        run.run_epoch()
        ends.append(weights(run.captioner))
    assert ends[0] == ends[1]
