"""Pictures of a video, each with the time that the file gives it."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.errors import PipelineError
from pipeline.media.ffmpeg import finish, running
from pipeline.media.probe import VideoInfo, no_pictures_decoded, truncated

Picture = npt.NDArray[np.uint8]

_ENDS_EARLY = re.compile(
    "partial file|File ended prematurely|Error during demuxing|Truncating packet"
)


@dataclass(frozen=True)
class TimedPicture:
    """One decoded picture."""

    pts: int
    """Presentation time in units of ``time_base``, 0 at the start of the file."""
    time_base: Fraction
    """Seconds in one unit of ``pts``."""
    pixels: Picture
    """(height, width, 3) RGB; a view of a buffer that the next picture overwrites."""


def scaled_pictures(video: VideoInfo, size: int) -> Iterator[TimedPicture]:
    """Every picture of ``video`` in order, turned upright and squeezed to size × size.

    Nothing is dropped or doubled for the sake of a constant rate.
    Raises PipelineError: VIDEO_TRUNCATED, NO_FRAMES, FFMPEG_FAILED.
    """
    with tempfile.NamedTemporaryFile(mode="r", suffix=".pts") as times:
        arguments = [
            *("-i", str(video.path), "-map", "0:v:0", "-fps_mode", "passthrough"),
            *("-vf", f"scale={size}:{size}:flags=area"),
            # ffmpeg writes and flushes a picture's line before the picture itself. Its times
            # as demuxed, {ptsi}, will not do: AVI has none, and ffmpeg infers them.
            *("-enc_time_base", "demux"),
            *("-stats_enc_pre", times.name, "-stats_enc_pre_fmt", "{pts} {tb}"),
            *("-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"),
        ]
        for pixels in _raw_pictures(video, arguments, (size, size, 3)):
            pts, time_base = times.readline().split()
            yield TimedPicture(int(pts), Fraction(time_base), pixels)


def planar_pictures(video: VideoInfo) -> Iterator[Picture]:
    """The video at its own size as YUV 4:2:0, one picture every 1 / ``video.rate`` seconds.

    Yields (height · 3 / 2, width) uint8: luma, then the two chroma planes, odd sizes
    padded to even ones. Where the file's rate varies, pictures are repeated or left out
    so that the n-th is the one on screen at (n + ½) / rate: rounding to the nearest keeps
    the rhythm of files whose times are rounded. Each is a view of a buffer that the next
    one overwrites; it may be drawn upon.
    """
    width, height = even_size(video)
    filters = [
        f"fps={video.rate}:start_time=0",
        f"pad={width}:{height}",
        f"scale=in_color_matrix={video.color_matrix}:out_color_matrix={video.color_matrix}",
    ]
    arguments = [
        *("-i", str(video.path), "-map", "0:v:0", "-vf", ",".join(filters)),
        *("-f", "rawvideo", "-pix_fmt", "yuv420p", "pipe:1"),
    ]
    return _raw_pictures(video, arguments, (height * 3 // 2, width))


def still(path: Path, seconds: float, width: int) -> bytes:
    """One picture of a video as JPEG: what is on screen at ``seconds``, ``width`` pixels across.

    Raises PipelineError: NO_FRAMES past the end, FFMPEG_FAILED.
    """
    arguments = [
        *("-ss", f"{seconds:.3f}", "-i", str(path), "-map", "0:v:0", "-frames:v", "1"),
        *("-vf", f"scale={width}:-2", "-f", "image2pipe", "-c:v", "mjpeg", "-q:v", "4", "pipe:1"),
    ]
    with running(arguments, stdout=subprocess.PIPE) as (process, said):
        assert process.stdout is not None
        picture: bytes = process.stdout.read()
        try:
            finish(process, said, f"taking a picture from {path}")
        except PipelineError as error:
            if "received no packets" not in error.problem:
                raise
    if not picture:
        raise no_pictures_decoded(path)
    return picture


def even_size(video: VideoInfo) -> tuple[int, int]:
    """Width and height rounded up to even numbers, which 4:2:0 video needs."""
    return video.width + video.width % 2, video.height + video.height % 2


def _raw_pictures(
    video: VideoInfo, arguments: list[str], shape: tuple[int, ...]
) -> Iterator[Picture]:
    pixels = np.empty(shape, np.uint8)
    count = 0
    with running(arguments, stdout=subprocess.PIPE, bufsize=0) as (process, said):
        assert process.stdout is not None
        while _read_whole(process.stdout, pixels):
            count += 1
            yield pixels
        warnings = finish(process, said, f"decoding {video.path}")
    if _ENDS_EARLY.search(warnings):
        raise truncated(video.path)
    if count == 0:
        raise no_pictures_decoded(video.path)


def _read_whole(stream: Any, pixels: Picture) -> bool:
    """Fill ``pixels`` from an unbuffered pipe; False at its end."""
    view = pixels.reshape(-1).data
    filled = 0
    while filled < len(view):
        got = stream.readinto(view[filled:])
        if not got:
            return False
        filled += got
    return True
