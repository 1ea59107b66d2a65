"""Trial runs of networks, which tell shapes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, fx

from pipeline.learning.threads import computing_with

SHAPE = "shape"


@contextmanager
def trial_run() -> Iterator[None]:
    """Let operations within the block run for the shapes of what they give.

    A picture is computed sooner than torch imports what would work out the shapes alone, and on one
    thread: several would wait for each other wherever other processes are at work.
    """
    with torch.no_grad(), computing_with(1):
        yield


def note_shapes(network: fx.GraphModule, size: int) -> None:
    """Let every node know the shape of its output, for a picture of ``size`` pixels.

    It is in ``node.meta[SHAPE]``, if the output is a tensor.
    """
    device = next(network.parameters()).device
    with trial_run():
        _ShapeRecorder(network).run(torch.zeros(1, 3, size, size, device=device))


class _ShapeRecorder(fx.Interpreter):
    """What torch's ``ShapeProp`` does, but without sympy, which takes half a second to import."""

    def run_node(self, n: fx.Node) -> Any:
        output = super().run_node(n)
        if isinstance(output, Tensor):
            n.meta[SHAPE] = tuple(output.shape)
        return output
