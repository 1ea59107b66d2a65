"""The stage that trains, killed by SIGKILL at some moment; ``test_killed.py`` starts it.

    -m tests.translation.mortal FOLDER [BYTES]

FOLDER has ``translation.h5``. Checkpoints are written after every step. With BYTES the process is
killed when it has written so many in all, be it amid a file.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save

from pipeline.engine.stage import Files
from pipeline.learning import checkpoint, training
from stages.translation import train
from tests.translation import toys

CONFIG = train.Config(networks=toys.NETWORKS, schedule=toys.SCHEDULE)
NAMES = {"model": "model.safetensors", "training": "training.json", "samples": "samples.png"}


def learn(folder: Path) -> str:
    """Run the stage."""
    torch.set_num_threads(1)
    made = folder / "made"
    made.mkdir(exist_ok=True)
    outputs = {name: [made / file] for name, file in NAMES.items()}
    return train.run(Files({"pictures": [folder / "translation.h5"]}), Files(outputs), CONFIG)


def die_after(most: int) -> None:
    """Let checkpoints be written up to so many bytes of all."""
    left = most

    def mortal_save(tensors: Any, path: Path, words: Any) -> None:
        nonlocal left
        content = save(tensors, words)
        with path.open("wb") as file:
            file.write(content[: max(0, left)])
            file.flush()
        left -= len(content)
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    vars(checkpoint)["save_file"] = mortal_save


if __name__ == "__main__":
    training._SECONDS_BETWEEN_CHECKPOINTS = 0.0
    if len(sys.argv) > 2:
        die_after(int(sys.argv[2]))
    learn(Path(sys.argv[1]))
