"""Trial runs of networks, which tell shapes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from pipeline.learning.threads import computing_with


@contextmanager
def trial_run() -> Iterator[None]:
    """Let operations within the block run for the shapes of what they give.

    A picture is computed sooner than torch imports what would work out the shapes alone, and on one
    thread: several would wait for each other wherever other processes are at work.
    """
    with torch.no_grad(), computing_with(1):
        yield
