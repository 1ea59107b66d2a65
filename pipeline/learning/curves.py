"""Curves of a training run, for TensorBoard."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from tensorboardX import SummaryWriter


class Curves:
    """Points of curves over the steps of a run, in a folder."""

    def __init__(self, folder: Path, first_step: int) -> None:
        """Continue at ``first_step`` and drop what lies behind it; 0 begins anew."""
        if not first_step:
            shutil.rmtree(folder, ignore_errors=True)
        self._writer = SummaryWriter(str(folder), purge_step=first_step)

    def add(self, step: int, points: Mapping[str, float]) -> None:
        """Add a point to each curve."""
        for name, value in points.items():
            self._writer.add_scalar(name, value, step)

    def flush(self) -> None:
        """Write all points to disk."""
        self._writer.flush()
