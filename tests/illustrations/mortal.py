"""The stage that learns tags, killed by SIGKILL amid writing the tagger.

-m tests.illustrations.mortal ALBUM MODEL
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

import safetensors.numpy

from tests.stages.test_illustrations import learn


def mortal_save(tensors: Any, path: Path, words: Any) -> None:
    content = safetensors.numpy.save(tensors, words)
    path.write_bytes(content[: len(content) // 2])
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    vars(safetensors.numpy)["save_file"] = mortal_save
    learn([Path(sys.argv[1])], Path(sys.argv[2]), taps=["vector"], classes={"min": 2})
