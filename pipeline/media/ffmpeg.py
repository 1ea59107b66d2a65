"""Starting ffmpeg: one binary, and what it says when it fails."""

from __future__ import annotations

import fcntl
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from importlib import resources
from typing import IO, Any

from pipeline.runtime.errors import ExitCode, PipelineError

_PIPE = 1 << 20
"""Bytes that a pipe holds, where the system lets us choose: 2–4 % faster than 64 KiB."""
_QUIET = {"SVT_LOG": "1"}
"""SVT-AV1 tells of its settings behind ffmpeg's back, and may have the last word."""


@cache
def ffmpeg_path() -> str:
    """The ffmpeg that imageio-ffmpeg carries, or the one IMAGEIO_FFMPEG_EXE names."""
    if given := os.environ.get("IMAGEIO_FFMPEG_EXE"):
        return given
    # Asked for its path, imageio-ffmpeg starts the binary to try it, and takes another one if
    # that fails for any reason.
    for carried in resources.files("imageio_ffmpeg").joinpath("binaries").iterdir():
        if carried.name.startswith("ffmpeg-"):
            return str(carried)
    from imageio_ffmpeg import get_ffmpeg_exe

    try:
        return str(get_ffmpeg_exe())
    except RuntimeError:
        raise PipelineError(
            ExitCode.FFMPEG_FAILED,
            "there is no ffmpeg that runs",
            "Install one, or name one with IMAGEIO_FFMPEG_EXE=…",
        ) from None


@contextmanager
def running(
    arguments: Sequence[str], **streams: Any
) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    """ffmpeg with ``arguments``, and the file that collects what it writes to stderr.

    Leaving the block by an exception kills the process; leaving it otherwise does not
    wait: the caller closes its pipes and calls ``finish``.
    """
    command = [ffmpeg_path(), "-hide_banner", "-nostdin", "-y", "-v", "warning", *arguments]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stderr=said, env=_QUIET | os.environ, **streams)
        try:
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    _widen(pipe)
            yield process, said
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    # What is still buffered cannot go anywhere: that hides no other error.
                    with suppress(BrokenPipeError):
                        pipe.close()


def _widen(pipe: IO[bytes]) -> None:
    with suppress(AttributeError, OSError):  # Linux alone can, up to the user's allowance
        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _PIPE)


def finish(process: subprocess.Popen[bytes], said: IO[bytes], doing: str) -> str:
    """Wait for ffmpeg's end and return its warnings.

    Raises PipelineError: DISK_FULL or FFMPEG_FAILED, with ffmpeg's own last words.
    """
    status = process.wait()
    said.seek(0)
    words = said.read().decode("utf-8", "replace").strip()
    if status == 0:
        return words
    if "No space left on device" in words:
        raise PipelineError(
            ExitCode.DISK_FULL, f"the disk is full ({doing})", "Free some space and run again"
        )
    if status < 0:
        raise PipelineError(
            ExitCode.FFMPEG_FAILED,
            f"ffmpeg was killed while {doing} (signal {-status})",
            "Run again; if memory ran out, let fewer stages run at once",
            may_pass=True,
        )
    last = words.splitlines()[-1] if words else f"status {status}"
    raise PipelineError(
        ExitCode.FFMPEG_FAILED,
        f"ffmpeg failed while {doing}: {last}",
        "The stage's log has all that ffmpeg said; `make doctor` checks the encoders",
    )
