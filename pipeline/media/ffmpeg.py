"""Starting ffmpeg: the binary, its pipes, and its error messages."""

from __future__ import annotations

import fcntl
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import IO, Any

from pipeline.runtime.errors import ExitCode, PipelineError

_PIPE_BYTES = 1 << 20
"""Capacity of a pipe, where the system lets us choose: 2–4 % faster than 64 KiB."""
_QUIET = {"SVT_LOG": "1"}
"""SVT-AV1 logs its settings past ffmpeg, and they could be taken for the error message."""


@cache
def ffmpeg_path() -> str:
    """The ffmpeg that comes with imageio-ffmpeg, or the one that IMAGEIO_FFMPEG_EXE names."""
    if given := os.environ.get("IMAGEIO_FFMPEG_EXE"):
        return given
    # get_ffmpeg_exe() would start the binary to try it, and take another one if that fails for
    # any reason.
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


@dataclass(frozen=True)
class Ffmpeg:
    """A running ffmpeg."""

    process: subprocess.Popen[bytes]
    stderr: IO[bytes]
    """The file that collects what it writes to stderr."""

    @property
    def stdin(self) -> IO[bytes]:
        """Its standard input, where that is a pipe."""
        assert self.process.stdin is not None
        return self.process.stdin

    @property
    def stdout(self) -> IO[bytes]:
        """Its standard output, where that is a pipe."""
        assert self.process.stdout is not None
        return self.process.stdout

    def messages(self) -> str:
        """What it has written to stderr."""
        self.stderr.seek(0)
        return self.stderr.read().decode("utf-8", "replace").strip()

    def finish(self, doing: str) -> str:
        """Wait for its end and return its warnings.

        ``doing`` tells people what it was started for. Raises PipelineError: DISK_FULL or
        FFMPEG_FAILED, with ffmpeg's own last words.
        """
        status = self.process.wait()
        messages = self.messages()
        if status == 0:
            return messages
        if "No space left on device" in messages:
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
        last = messages.splitlines()[-1] if messages else f"status {status}"
        raise PipelineError(
            ExitCode.FFMPEG_FAILED,
            f"ffmpeg failed while {doing}: {last}",
            "The stage's log has all of ffmpeg's messages; `make doctor` checks the encoders",
        )


@contextmanager
def running(arguments: Sequence[str], **streams: Any) -> Iterator[Ffmpeg]:
    """Start ffmpeg with ``arguments``; ``streams`` are passed on to Popen.

    Leaving the block by an exception kills the process. Leaving it otherwise does not wait:
    close its pipes and call ``finish`` within the block.
    """
    command = [ffmpeg_path(), "-hide_banner", "-nostdin", "-y", "-v", "warning", *arguments]
    # A file, as a pipe that nobody reads would fill up and stop ffmpeg.
    with tempfile.TemporaryFile() as stderr:
        process = subprocess.Popen(command, stderr=stderr, env=_QUIET | os.environ, **streams)
        try:
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    _widen(pipe)
            yield Ffmpeg(process, stderr)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    # What is still buffered has nowhere to go; the error must not hide another.
                    with suppress(BrokenPipeError):
                        pipe.close()


def _widen(pipe: IO[bytes]) -> None:
    with suppress(AttributeError, OSError):  # only Linux can, up to the user's limit
        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
