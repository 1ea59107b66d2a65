"""Several processes learn what one does, and what they would have learned had none been killed."""

import os
import subprocess
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from pipeline.learning.checkpoint import Checkpoint
from pipeline.learning.team import Team, joined
from pipeline.runtime import torchrun
from tests import forking
from tests.captioning import toys
from tests.captioning.toys import Kind
from tests.learning import team_member

ROOT = Path(__file__).parents[2]
LIMIT_S = 300


def run_two(folder: Path, kinds: list[Kind], *deaths: str) -> None:
    """Two processes train in folders below ``folder``; they may be restarted three times."""
    for kind in kinds:
        prepare(folder, kind)
    words = [forking.python(), *torchrun.command(2), "--max-restarts", "3"]
    words += ["-m", "tests.learning.team_member", str(folder), *deaths]
    # torchrun's store outlives a restart, and in it the addresses of those who were killed:
    # https://github.com/pytorch/pytorch/issues/135712
    environment = os.environ | {"TORCH_DISABLE_SHARE_RDZV_TCP_STORE": "1"}
    with (folder / "log").open("w") as log:
        started = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            code = started.wait(LIMIT_S)
        finally:
            started.terminate()  # it takes the two along
            started.wait()
    assert code == 0, (folder / "log").read_text()


def prepare(folder: Path, kind: Kind) -> Path:
    """Where a captioner of that kind is to be trained."""
    below = folder / "-".join(kind)
    below.mkdir()
    toys.bank(below, kind, team_member.PICTURES)
    return below


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of two processes that nobody killed."""
    folder = tmp_path_factory.mktemp("undisturbed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YAJIUMA_DEVICE", "cpu")
        run_two(folder, [toys.ADDITIVE, toys.TRANSFORMER])
    return folder


def learned(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "weights.safetensors")


def history(folder: Path, kind: Kind) -> list[list[float]]:
    """What the checkpoint says of each epoch, but for how long it took."""
    training = team_member.fresh_training(folder, kind, toys.ALONE)
    assert training.resume(Checkpoint(folder / "checkpoint", team_member.KEY))
    return [
        [epoch.train_nll, epoch.dev_nll, epoch.dev_style_nll, epoch.steps, epoch.words]
        for epoch in training.epochs
    ]


@toys.each([toys.ADDITIVE, toys.TRANSFORMER])
def test_two_processes_learn_what_one_does(tmp_path: Path, undisturbed: Path, kind: Kind) -> None:
    one, two = prepare(tmp_path, kind), undisturbed / "-".join(kind)
    team_member.learn(one, kind, toys.ALONE)
    alone, together = learned(one), learned(two)
    assert alone.keys() == together.keys()
    for name, tensor in alone.items():
        torch.testing.assert_close(together[name], tensor, atol=1e-5, rtol=1e-5)
    for left, right in zip(history(one, kind), history(two, kind), strict=True):
        assert left == pytest.approx(right, rel=1e-5)


def test_processes_one_of_which_is_killed_learn_what_undisturbed_ones_do(
    tmp_path: Path, undisturbed: Path
) -> None:
    kind = toys.ADDITIVE
    run_two(tmp_path, [kind], "1.add_up.4")  # amid a step
    assert sorted(path.name for path in tmp_path.glob("started*")) == [
        f"started {restart}.{rank}" for restart in range(2) for rank in range(2)
    ]
    killed, spared = tmp_path / "-".join(kind), undisturbed / "-".join(kind)
    weights = learned(killed)
    assert all(torch.equal(tensor, weights[name]) for name, tensor in learned(spared).items())
    assert history(killed, kind) == history(spared, kind)
    assert not list(killed.glob(".*.tmp"))


def test_a_process_that_nobody_started_with_others_is_a_team(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    monkeypatch.delenv("RANK", raising=False)
    with joined() as team:
        assert team == toys.ALONE
        assert team.leads
        numbers = torch.arange(3.0)
        team.add_up([numbers])
        assert numbers.tolist() == [0, 1, 2]


def test_the_first_process_leads() -> None:
    cpu = torch.device("cpu")
    assert [Team(rank, 2, cpu).leads for rank in range(2)] == [True, False]
