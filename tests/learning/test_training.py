"""The training loop by tasks that have nothing to do with captions."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from tensorboardX import SummaryWriter
from torch import Tensor

from pipeline.learning import checkpoint as checkpoint_module
from pipeline.learning.checkpoint import Checkpoint
from pipeline.learning.epoch import Epoch
from pipeline.learning.settings import Schedule
from pipeline.learning.team import Team
from pipeline.learning.training import Training
from pipeline.runtime.errors import ExitCode, PipelineError
from tests.learning.toy_task import BATCH, COUNT, DuelTask, LineTask, RivalsTask

ALONE = Team(0, 1, torch.device("cpu"))
STEPS = -(-COUNT // BATCH)
KEY = "key"


def training(task: LineTask | None = None, **changes: Any) -> Training[Any, Any]:
    fields: dict[str, Any] = {"epochs": 3, "patience": 99, "learning_rate": 0.05}
    return Training(task or LineTask(ALONE), Schedule(**fields | changes), ALONE)


def weights(run: Training[Any, Any]) -> list[Tensor]:
    networks = run.task.networks.values()
    return [p.detach().clone() for network in networks for p in network.parameters()]


def same(some: list[Tensor], others: list[Tensor]) -> bool:
    return all(map(torch.equal, some, others))


def without_times(epochs: list[Epoch]) -> list[tuple[object, ...]]:
    return [(epoch.train, epoch.held_out, epoch.steps, epoch.units) for epoch in epochs]


def finish(run: Training[Any, Any]) -> Training[Any, Any]:
    while not run.finished:
        run.run_epoch()
    return run


def test_a_line_is_learned() -> None:
    run = finish(training(epochs=40))
    assert run.history[-1].held_out["slope"] == pytest.approx(3, abs=0.1)
    assert run.history[-1].held_out["error"] < 0.02 < run.history[0].held_out["error"]
    assert run.history[-1].train["line"] < run.history[0].train["line"]


def test_an_epoch_counts_its_steps_and_units() -> None:
    task = LineTask(ALONE)
    run = training(task)
    positions = [run.position]
    epoch = run.run_epoch(lambda: positions.append(run.position))
    assert (epoch.steps, epoch.units) == (STEPS, COUNT)
    assert positions == [(1, step) for step in range(1, STEPS + 2)]
    assert [place.step for place in task.places] == list(range(STEPS))
    run.run_epoch()
    assert run.position == (3, 1)
    assert run.steps == 2 * STEPS
    assert {place.epoch for place in task.places} == {1, 2}


def test_a_run_resumed_at_any_step_equals_an_undisturbed_one(tmp_path: Path) -> None:
    undisturbed, saving = finish(training()), training()
    saved: list[tuple[tuple[int, int], Checkpoint]] = []

    def save() -> None:
        checkpoint = Checkpoint(tmp_path / f"{len(saved)}", KEY)
        saving.save(checkpoint)
        saved.append((saving.position, checkpoint))

    save()
    while not saving.finished:
        saving.run_epoch(save)
        save()
    assert len(saved) == 1 + 3 * (STEPS + 1)
    for position, checkpoint in saved:
        resumed = training()
        with torch.no_grad():
            resumed.task.networks["line"].weight.fill_(99)  # type: ignore[operator]
        assert resumed.resume(checkpoint)
        assert resumed.position == position
        finish(resumed)
        assert without_times(resumed.history) == without_times(undisturbed.history)
        assert same(weights(resumed), weights(undisturbed)), position
        resumed.use_best()
        best = finish(training())
        best.use_best()
        assert same(weights(resumed), weights(best))


def test_what_is_known_of_an_epoch_survives_a_resume(tmp_path: Path) -> None:
    first, second = training(), training()
    assert first.mean_losses == {"line": 0.0}
    checkpoint = Checkpoint(tmp_path / "checkpoint", KEY)
    seen = []

    def stop() -> None:
        seen.append(first.mean_losses)
        if first.progress.steps == 3:
            first.save(checkpoint)
            raise InterruptedError

    with pytest.raises(InterruptedError):
        first.run_epoch(stop)
    assert second.resume(checkpoint)
    assert (second.position, second.steps) == ((1, 4), 3)
    assert second.mean_losses == seen[-1]
    assert second.progress.units == first.progress.units == 3 * BATCH
    # Saved again before it has gone on, it is the same checkpoint.
    again, third = Checkpoint(tmp_path / "again", KEY), training()
    second.save(again)
    assert third.resume(again)
    assert third.mean_losses == seen[-1]
    assert second.run_epoch().train == third.run_epoch().train


@pytest.mark.parametrize("average", [True, False])
def test_the_average_over_steps_is_measured_and_kept(average: bool) -> None:
    run = training(average=average)
    steps: list[list[Tensor]] = []
    measured = run.run_epoch(lambda: steps.append(weights(run))).held_out
    assert same(weights(run), steps[-1])  # the weights that it continues from
    expected = steps[0]
    for number, step in enumerate(steps, 1):
        share = 9 / (number + 8) if average else 1.0
        expected = [(1 - share) * a + share * w for a, w in zip(expected, step, strict=True)]
    run.use_best()
    for weight, target in zip(weights(run), expected, strict=True):
        torch.testing.assert_close(weight, target)
    assert run.measure(run.task.evaluate) == measured


def test_training_stops_when_patience_is_at_its_end() -> None:
    task = LineTask(ALONE, errors=[5, 4, 4.5, 4.2, 4.1, 1])
    run = training(task, epochs=20, patience=3, average=False)
    assert (run.best_epoch, run.finished) == (0, False)
    states = []
    while not run.finished:
        run.run_epoch()
        states.append(weights(run))
    assert [epoch.held_out["error"] for epoch in run.history] == [5, 4, 4.5, 4.2, 4.1]
    assert run.best_epoch == 2
    run.use_best()
    assert same(weights(run), states[1])


def test_of_equal_epochs_the_first_is_the_best() -> None:
    task = LineTask(ALONE, errors=[2, 1, 1, 1])
    assert finish(training(task, epochs=4)).best_epoch == 2


def test_networks_learn_by_their_own_losses_alone() -> None:
    alone, rivals = finish(training()), finish(training(RivalsTask(ALONE)))
    assert alone.history[-1].train["line"] == rivals.history[-1].train["line"]
    assert same(weights(alone), weights(rivals)[:2])
    assert rivals.history[-1].train["critic"] < rivals.history[0].train["critic"]


def test_several_networks_are_resumed(tmp_path: Path) -> None:
    undisturbed, saving = finish(training(RivalsTask(ALONE))), training(RivalsTask(ALONE))
    checkpoint = Checkpoint(tmp_path / "checkpoint", KEY)
    saving.run_epoch()
    saving.save(checkpoint)
    resumed = training(RivalsTask(ALONE))
    assert resumed.resume(checkpoint)
    finish(resumed)
    assert same(weights(resumed), weights(undisturbed))
    assert without_times(resumed.history) == without_times(undisturbed.history)


def duel(task: DuelTask | None = None, epochs: int = 3) -> Training[Any, Any]:
    task = task or DuelTask(ALONE)
    return Training(task, Schedule(epochs=epochs, patience=1), ALONE, recipes=task.recipes)


def test_a_network_learns_when_it_is_its_turn() -> None:
    run = duel()
    lines: list[list[Tensor]] = [weights(run)[:2]]
    run.run_epoch(lambda: lines.append(weights(run)[:2]))
    changed = [not same(a, b) for a, b in pairwise(lines)]
    assert changed == [step % 3 == 0 for step in range(1, STEPS + 1)]


def test_several_losses_are_means_over_the_units_that_a_network_learned_from() -> None:
    task = DuelTask(ALONE)
    train = duel(task).run_epoch().train
    assert train.keys() == {"critic/squares", "critic/count", "line"}
    assert train["critic/count"] == 1
    assert [place.step for place in task.places] == [2, 5], (
        "the line's steps, which its mean is over"
    )
    assert 0.1 < train["line"] < 20


def test_a_run_without_a_criterion_has_a_fixed_length_and_keeps_the_last_epoch() -> None:
    run = duel()
    epochs = [run.run_epoch() for _ in range(3)]
    assert run.finished
    assert run.best_epoch == len(epochs)
    run.use_best()
    assert run.measure(run.task.evaluate) == epochs[-1].held_out


def test_a_rate_falls_to_zero_over_the_rest_of_a_run() -> None:
    recipe = DuelTask.recipes["line"]
    assert [recipe.rate_at(share) for share in (0, 0.5, 0.75, 1)] == [0.05, 0.05, 0.025, 0]
    assert DuelTask.recipes["critic"].rate_at(0.99) == 0.05


def test_adversaries_are_resumed_at_any_step(tmp_path: Path) -> None:
    undisturbed, saving = finish(duel()), duel()
    saved: list[Checkpoint] = []

    def save() -> None:
        saved.append(Checkpoint(tmp_path / f"{len(saved)}", KEY))
        saving.save(saved[-1])

    while not saving.finished:
        saving.run_epoch(save)
        save()
    for checkpoint in saved:
        resumed = duel()
        assert resumed.resume(checkpoint)
        finish(resumed)
        assert without_times(resumed.history) == without_times(undisturbed.history)
        assert same(weights(resumed), weights(undisturbed))
        resumed.use_best()
        assert same(weights(resumed), [*undisturbed._best.values()])


@pytest.mark.parametrize("step", [0, STEPS - 1])
def test_a_loss_that_is_no_number_ends_the_run_and_the_checkpoint_is_from_before(
    tmp_path: Path, step: int
) -> None:
    duel(epochs=1).run(tmp_path, KEY)
    (file,) = tmp_path.glob(".checkpoint*")
    before = file.read_bytes()
    with pytest.raises(PipelineError, match="“critic/squares” is nan in epoch 2") as caught:
        duel(DuelTask(ALONE, diverges_at=step), epochs=2).run(tmp_path, KEY)
    assert caught.value.code == ExitCode.DIVERGED
    assert file.read_bytes() == before


def test_what_is_drawn_after_an_epoch_has_the_weights_that_were_measured(tmp_path: Path) -> None:
    task, drawn = DuelTask(ALONE), []

    def draw(epoch: int) -> None:
        drawn.append((epoch, task.slope, torch.is_inference_mode_enabled()))

    run = duel(task)
    run.run(tmp_path, KEY, draw)
    assert drawn == [(n, epoch.held_out["slope"], True) for n, epoch in enumerate(run.history, 1)]


def test_frozen_parameters_stay(tmp_path: Path) -> None:
    task = LineTask(ALONE)
    task.line.bias.requires_grad_(False)
    before = task.line.bias.item()
    finish(training(task))
    assert task.line.bias.item() == before


def test_gradients_are_clipped(monkeypatch: pytest.MonkeyPatch) -> None:
    clip, norms = torch.nn.utils.clip_grad_norm_, []

    def recorded(parameters: list[Tensor], most: float) -> Tensor:
        clip(parameters, most)
        gradients = torch.stack([p.grad.norm() for p in parameters if p.grad is not None])
        norms.append((gradients.norm().item(), most))
        total: Tensor = gradients.norm()
        return total

    monkeypatch.setattr(torch.nn.utils, "clip_grad_norm_", recorded)
    training().run_epoch()
    assert len(norms) == STEPS
    assert all(norm <= most + 1e-5 for norm, most in norms)


def test_saving_twice_gives_the_newer_checkpoint_and_leaves_no_other_file(tmp_path: Path) -> None:
    run, checkpoint = training(), Checkpoint(tmp_path / "checkpoint", KEY)
    for _ in range(2):
        run.run_epoch(lambda: run.save(checkpoint))
        run.save(checkpoint)
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]
    resumed = training()
    assert resumed.resume(checkpoint)
    assert resumed.history == run.history


def test_a_checkpoint_that_is_not_written_to_its_end_leaves_the_older_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, checkpoint = training(), Checkpoint(tmp_path / "checkpoint", KEY)
    run.run_epoch()
    run.save(checkpoint)
    run.run_epoch()

    def interrupted(tensors: object, path: Path, metadata: object) -> None:
        path.write_bytes(b"half")
        raise InterruptedError

    monkeypatch.setattr(checkpoint_module, "save_file", interrupted)
    with pytest.raises(InterruptedError):
        run.save(checkpoint)
    resumed = training()
    assert resumed.resume(checkpoint)
    assert resumed.history == run.history[:1]


def test_a_checkpoint_of_another_key_counts_as_none(tmp_path: Path) -> None:
    run = training()
    run.run_epoch()
    run.save(Checkpoint(tmp_path / "checkpoint", KEY))
    other = training()
    before = weights(other)
    assert not other.resume(Checkpoint(tmp_path / "checkpoint", "another key"))
    assert not other.resume(Checkpoint(tmp_path / "none", KEY))
    assert other.history == []
    assert other.position == (1, 1)
    assert same(weights(other), before)


def test_a_whole_run_resumes_by_itself_and_keeps_the_best(tmp_path: Path) -> None:
    undisturbed = finish(training())
    undisturbed.use_best()
    killed = training()
    Checkpoint(tmp_path / ".checkpoint.safetensors", KEY)
    killed.run_epoch()
    killed.save(Checkpoint(tmp_path / ".checkpoint.safetensors", KEY))
    resumed = training()
    checkpoint = resumed.run(tmp_path, KEY)
    assert without_times(resumed.history) == without_times(undisturbed.history)
    assert same(weights(resumed), weights(undisturbed))
    assert checkpoint.path.exists()
    checkpoint.remove()
    assert [path.name for path in tmp_path.iterdir()] == ["logs"]


def test_curves_have_a_point_for_each_epoch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    points: list[tuple[str, int]] = []

    def add(writer: SummaryWriter, name: str, value: float, step: int) -> None:
        points.append((name, step))

    monkeypatch.setattr(SummaryWriter, "add_scalar", add)
    training(epochs=2).run(tmp_path, KEY)
    names = {"train/line", "dev/error", "dev/slope", "units_per_second"}
    assert set(points) == {(name, epoch * STEPS) for name in names for epoch in (1, 2)}


def test_processes_that_do_not_lead_write_nothing(tmp_path: Path) -> None:
    def silent(self: Team, tensors: Iterator[Tensor]) -> None: ...

    team = Team(1, 2, torch.device("cpu"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Team, "add_up", silent)
        Training(LineTask(team), Schedule(epochs=1), team).run(tmp_path, KEY)
    assert not list(tmp_path.iterdir())
