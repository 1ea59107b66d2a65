"""The stage that trains, killed by SIGKILL amid a checkpoint; ``test_training.py`` starts it.

-m tests.faces.detection.mortal FOLDER BYTES

FOLDER has the files of ``toys.gathered``. Checkpoints are written after every step, and the process
is killed when it has written so many bytes of all.
"""

import sys
from pathlib import Path

import torch

from pipeline.engine.stage import Files
from pipeline.learning import training
from stages.faces import train
from tests.faces.detection.toys import CONFIG
from tests.learning.killing import die_after

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


if __name__ == "__main__":
    training._SECONDS_BETWEEN_CHECKPOINTS = 0.0
    die_after(int(sys.argv[2]))
    learn(Path(sys.argv[1]) / "made", Path(sys.argv[1]) / "killed")
