"""What decoding and encoding need."""

from __future__ import annotations

import subprocess

from pipeline.media.ffmpeg import ffmpeg_path
from pipeline.runtime.checks import Check, MissingError


def _ffmpeg() -> str:
    output = _output("-version")
    return f"{output.split(' Copyright')[0]} at {ffmpeg_path()}"


def _encoders() -> str:
    words = _output("-hide_banner", "-encoders").split()
    if missing := {"libx264", "aac"} - set(words):
        raise MissingError(
            f"ffmpeg lacks {', '.join(sorted(missing))}: unset IMAGEIO_FFMPEG_EXE to use the"
            " bundled one"
        )
    more = [name for name in ("h264_nvenc", "h264_videotoolbox") if name in words]
    return "libx264, aac" + (f"; built in besides: {', '.join(more)}" if more else "")


def _output(*arguments: str) -> str:
    command = [ffmpeg_path(), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


CHECKS = [Check("ffmpeg", _ffmpeg), Check("encoders", _encoders)]
