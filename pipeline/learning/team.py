"""Processes that train one model together, started by torchrun."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor
from torch import distributed as dist

from pipeline.learning.device import devices
from pipeline.runtime import torchrun


@dataclass(frozen=True)
class Team:
    """The processes that train together, as one of them sees them."""

    rank: int
    size: int
    device: torch.device

    @property
    def leads(self) -> bool:
        """Whether this process is the one that writes files."""
        return self.rank == 0

    def add_up(self, tensors: Iterable[Tensor]) -> None:
        """Replace every tensor by its sum over all processes."""
        if self.size > 1:
            for tensor in tensors:
                dist.all_reduce(tensor)


@contextmanager
def joined() -> Iterator[Team]:
    """The team in which torchrun started this process, or a team of one.

    The block ends for all at once, so that what the leading process writes is there for all.
    """
    if not torchrun.is_distributed():
        yield Team(0, 1, devices()[0])
        return
    available = devices()
    device = available[int(os.environ.get("LOCAL_RANK", "0")) % len(available)]
    if device.type == "cuda":
        torch.cuda.set_device(device)
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield Team(dist.get_rank(), dist.get_world_size(), device)
        dist.barrier()
    finally:
        dist.destroy_process_group()
