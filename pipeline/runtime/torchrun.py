"""What torchrun passes to the processes that it starts, through their environment."""

from __future__ import annotations

import os


def is_distributed() -> bool:
    """Whether this process is one of several that train together."""
    return "WORLD_SIZE" in os.environ


def is_first() -> bool:
    """Whether this process is the one that logs and writes files (rank 0)."""
    return os.environ.get("RANK", "0") == "0"


def command(processes: int) -> list[str]:
    """Words after ``python`` that start ``processes`` processes of a module on this machine."""
    if processes == 1:
        return []
    many = ["--standalone", "--nproc-per-node", str(processes)]
    return ["-m", "torch.distributed.run", *many]
