"""The errors of video files, with what to do about them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from pipeline.runtime.errors import ExitCode, PipelineError

_MP4_BRAND = b"ftyp"


def truncated(path: Path) -> PipelineError:
    """The error for a file that ends too early."""
    return PipelineError(
        ExitCode.VIDEO_TRUNCATED,
        f"{path} is cut off before its end",
        "Copy or download it again; `ffmpeg -i IN -c copy OUT.mp4` keeps what a file that"
        " still opens holds",
    )


def no_frames(
    path: Path, why: str, remedy: str = "Give a file with moving pictures"
) -> PipelineError:
    """The error for a file without pictures."""
    return PipelineError(ExitCode.NO_FRAMES, f"{path} holds no pictures: {why}", remedy)


def no_pictures_decoded(path: Path) -> PipelineError:
    """The error for a picture stream from which no picture could be decoded."""
    return no_frames(path, "none could be decoded")


def unreadable(path: Path, error: Exception) -> PipelineError:
    """The error for a file that could not be opened."""
    with path.open("rb") as file:
        head = file.read(12)
    if not head:
        return no_frames(path, "the file is empty (0 bytes)")
    if head[4:8] == _MP4_BRAND:
        return truncated(path)
    return PipelineError(
        ExitCode.NOT_A_VIDEO,
        f"{path} is not a video that ffmpeg can read ({getattr(error, 'strerror', None) or error})",
        "Check what the file is; its ending alone does not make it a video",
    )


def times_go_back(path: Path, seconds: Fraction) -> PipelineError:
    """The error for pictures whose times go back."""
    return PipelineError(
        ExitCode.NOT_A_VIDEO,
        f"{path} jumps back in time behind {float(seconds):.3f} s, as joined recordings do",
        "Repair it with `ffmpeg -i IN -c copy OUT.mkv`",
    )
