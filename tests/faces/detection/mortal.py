"""The stage that trains, killed by SIGKILL amid a checkpoint; ``test_training.py`` starts it.

-m tests.faces.detection.mortal FOLDER BYTES

FOLDER has the files of ``toys.gathered``. Checkpoints are written after every step, and the process
is killed when it has written so many bytes of all.
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
from stages.faces import train
from tests.faces.detection.toys import CONFIG

NAMES = {"detector": "detector.safetensors", "training": "training.json"}
INPUTS = {"stills": "source.stills.json", "frames": "frames.h5", "labels": "labels.jsonl"}


def learn(made: Path, model: Path) -> str:
    """Run the stage."""
    torch.set_num_threads(1)
    model.mkdir(exist_ok=True)
    inputs = Files({name: [made / file] for name, file in INPUTS.items()})
    try:
        return train.run(inputs, Files({n: [model / file] for n, file in NAMES.items()}), CONFIG)
    finally:
        torch.set_flush_denormal(False)  # other tests of this process have small numbers


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
    die_after(int(sys.argv[2]))
    learn(Path(sys.argv[1]) / "made", Path(sys.argv[1]) / "killed")
