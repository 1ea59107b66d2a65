"""A file of weights, of whatever kind."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pipeline.errors import ExitCode, PipelineError


def no_weights_at(path: Path) -> PipelineError:
    """The error for a path at which there is no file."""
    return PipelineError(
        ExitCode.WEIGHTS_UNAVAILABLE,
        f"there is no weights file {path}",
        "Check the path in the settings under `features:`",
    )


def file_identity(path: Path) -> str:
    """A file's name and the beginning of its digest."""
    return f"{path.name} sha256 {sha256(path)[:16]}"


def sha256(path: Path) -> str:
    """The digest of all that a file holds."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
