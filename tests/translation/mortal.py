"""The stage that trains, killed by SIGKILL at some moment; ``test_killed.py`` starts it.

    -m tests.translation.mortal FOLDER [BYTES]

FOLDER has ``translation.h5``. Checkpoints are written after every step. With BYTES the process is
killed when it has written so many in all, be it amid a file.
"""

import sys
from pathlib import Path

import torch

from pipeline.engine.stage import Files
from pipeline.learning import training
from stages.translation import train
from tests.learning.killing import die_after
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


if __name__ == "__main__":
    training._SECONDS_BETWEEN_CHECKPOINTS = 0.0
    if len(sys.argv) > 2:
        die_after(int(sys.argv[2]))
    learn(Path(sys.argv[1]))
