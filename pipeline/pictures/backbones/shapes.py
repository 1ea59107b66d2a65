"""Trial runs of networks that tell shapes and compute no values, so that they take no time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch._subclasses.fake_tensor import FakeTensorMode


@contextmanager
def shapes_only() -> Iterator[None]:
    """Let operations within the block give tensors of the right shape, without values."""
    with torch.no_grad(), FakeTensorMode(allow_non_fake_inputs=True):
        yield
