"""Errors about networks that the settings name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.spelling import did_you_mean, did_you_mean_file


def no_file_at(path: Path, what: str, names: Sequence[str] = ()) -> PipelineError:
    """The error for a path without ``what`` the settings say; ``names`` could have been meant."""
    otherwise = "Check the path in the settings under `features:`"
    return PipelineError(
        ExitCode.WEIGHTS_UNAVAILABLE,
        f"there is no {what} at {path}",
        did_you_mean(path.name, names, did_you_mean_file(path, otherwise)),
    )


def unknown_tap(tap: str, known: Sequence[str], network: str) -> PipelineError:
    """The error for a tap that the network lacks."""
    return PipelineError(
        ExitCode.INVALID_SETTING,
        f"features.taps: {network} has no tap {tap}",
        f"Choose from {', '.join(known)}",
    )
