"""Free space on the disk, checked before long work begins."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.quantities import size_text

log = logging.getLogger("yajiuma")

_MARGIN = 64 << 20  # bytes that other files of a run need
_REMEDY = (
    "Free some space, choose another disk with WORKDIR=…, or sample fewer pictures of a video"
    " with `frames: fps:`"
)


def require_space(folder: Path, needed: int) -> None:
    """Raise PipelineError DISK_FULL unless ``folder`` has room for ``needed`` bytes."""
    free = shutil.disk_usage(folder).free
    if free < needed + _MARGIN:
        raise PipelineError(
            ExitCode.DISK_FULL,
            f"the disk of {folder.resolve()} has {size_text(free)} free and this needs"
            f" {size_text(needed + _MARGIN)}",
            _REMEDY,
        )


def warn_of_space(folder: Path, at_most: int) -> None:
    """Log a warning if ``folder`` lacks the ``at_most`` bytes that a stage may need.

    Raises PipelineError DISK_FULL if hardly any space is left.
    """
    require_space(folder, 0)
    free = shutil.disk_usage(folder).free
    if free < at_most + _MARGIN:
        log.warning(
            "this may need up to %s, though most likely much less, and the disk of %s has"
            " %s free; if that is not enough: %s",
            *(size_text(at_most), folder.resolve(), size_text(free), _REMEDY),
        )
