"""One process of several that train a toy; ``test_team.py`` starts it by torchrun.

    -m torch.distributed.run --nproc-per-node 2 -m tests.learning.team_member FOLDER [DEATH …]

In each folder of FOLDER a captioner is trained, of the kind that is the folder's name:
``lstm-dot``. A DEATH is ``rank.act.call``: unless it has been restarted,
this process is killed by SIGKILL when it has called ``add_up`` or ``save_file`` so many times.
"""

import os
import signal
import sys
from itertools import count
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from pipeline.learning import checkpoint
from pipeline.learning.checkpoint import Checkpoint
from pipeline.learning.team import Team, joined
from tests.captioning import toys
from tests.captioning.toys import Kind

KEY = "key"
PICTURES = 9


def fresh_training(folder: Path, kind: Kind, team: Team) -> toys.CaptionerTraining:
    """With dropout, and a few groups a step."""
    return toys.training(
        toys.captioner(kind, dropout=0.4),
        toys.mixed_captions(kind, 60, PICTURES),
        toys.mixed_captions(kind, 20, PICTURES, seed=1),
        toys.open_bank(folder),
        team,
        batch=14,
        epochs=2,
        learning_rate=0.002,
        doubly_stochastic=0.5,
    )


def learn(folder: Path, kind: Kind, team: Team) -> None:
    """Go on to the end, with a checkpoint after every step, and keep what was learned."""
    training = fresh_training(folder, kind, team)
    saved = Checkpoint(folder / "checkpoint", KEY)
    training.resume(saved)

    def save() -> None:
        if team.leads:
            training.save(saved)

    while not training.finished:
        training.run_epoch(after_step=save)
        save()
    if team.leads:
        save_file(training.captioner.state_dict(), folder / "weights.safetensors")


def main(folder: Path, deaths: list[str]) -> None:
    torch.set_num_threads(1)
    restart = os.environ["TORCHELASTIC_RESTART_COUNT"]
    with joined() as team:
        (folder / f"started {restart}.{team.rank}").touch()
        for death in deaths:
            rank, act, call = death.split(".")
            if (restart, rank) == ("0", str(team.rank)):
                die_at(int(call), {"add_up": Team, "save_file": checkpoint}[act], act)
        for kind in toys.KINDS:
            if (folder / "-".join(kind)).exists():
                learn(folder / "-".join(kind), kind, team)


def die_at(call: int, owner: Any, name: str) -> None:
    """Let a function do what it does, but the process end behind that call of it."""
    act, calls = getattr(owner, name), count(1)

    def last(*arguments: Any) -> None:
        act(*arguments)
        if next(calls) == call:
            os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, last)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
