"""What torchrun tells the processes that it starts, through their environment."""

from __future__ import annotations

import os


def started() -> bool:
    """Whether this process is one of several that work together."""
    return "WORLD_SIZE" in os.environ


def leads() -> bool:
    """Whether this process is the one that talks and writes files."""
    return os.environ.get("RANK", "0") == "0"


def command(processes: int) -> list[str]:
    """Words behind ``python`` that start so many processes of a module on this machine."""
    if processes == 1:
        return []
    many = ["--standalone", "--nproc-per-node", str(processes)]
    return ["-m", "torch.distributed.run", *many]
