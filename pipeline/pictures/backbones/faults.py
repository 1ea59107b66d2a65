"""Errors about networks that the settings name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.runtime.errors import ExitCode, PipelineError


def no_weights_at(path: Path) -> PipelineError:
    """The error for a path at which there is no file."""
    return PipelineError(
        ExitCode.WEIGHTS_UNAVAILABLE,
        f"there is no weights file {path}",
        "Check the path in the settings under `features:`",
    )


def unknown_tap(tap: str, known: Sequence[str], network: str) -> PipelineError:
    """The error for a tap that the network lacks."""
    return PipelineError(
        ExitCode.INVALID_SETTING,
        f"features.taps: {network} has no tap {tap}",
        f"Choose from {', '.join(known)}",
    )
