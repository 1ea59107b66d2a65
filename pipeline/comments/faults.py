"""The fault that every reader may find."""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import ExitCode, PipelineError


def not_comments(path: Path, why: str) -> PipelineError:
    """The error for a file of another kind."""
    return PipelineError(
        ExitCode.NOT_COMMENTS,
        f"{path} is not a comment file: {why}",
        "Known are Niconico XML, and the JSON of yt-dlp or of Niconico's nvComment API",
    )
