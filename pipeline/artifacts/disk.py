"""Room on the disk, asked for before long work begins."""

from __future__ import annotations

import shutil
from pathlib import Path

from pipeline.errors import ExitCode, PipelineError

_MARGIN = 64 << 20  # bytes that other files of a run need


def require_space(folder: Path, needed: int) -> None:
    """Raise PipelineError DISK_FULL unless ``folder`` has room for ``needed`` bytes."""
    free = shutil.disk_usage(folder).free
    if free < needed + _MARGIN:
        raise PipelineError(
            ExitCode.DISK_FULL,
            f"the disk of {folder.resolve()} has {free / 1e9:.2f} GB free and this needs"
            f" {needed / 1e9:.2f} GB and {_MARGIN / 1e9:.2f} GB to spare",
            "Free some space, choose another disk with WORKDIR=…, or sample fewer pictures"
            " with `frames: fps:`",
        )
