"""Pictures of a video, each with the time that the file gives it."""

from __future__ import annotations

import math
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from pipeline.errors import PipelineError
from pipeline.media.ffmpeg import finish, running
from pipeline.media.probe import VideoInfo, no_pictures_decoded, truncated
from pipeline.overlap import ahead

Picture = npt.NDArray[np.uint8]

_ENDS_EARLY = re.compile(
    "partial file|File ended prematurely|Error during demuxing|Truncating packet"
)
_CUT = re.compile(rb"frame:(\d+)")
_BLOCK = 4 << 20
"""Bytes of pictures that are read from ffmpeg at once."""
_MOST_THREADS = 16
"""ffmpeg warns of more."""
_READY = 2
"""Such blocks that wait for the caller."""
_SCENE_CHANGE = 10
"""ffmpeg's own default for scdet: percent by which the mean difference to the frame before
jumps. Cuts of the clips that were looked at score 12.9 or more, all else 8.6 or less."""


@dataclass(frozen=True)
class TimedPicture:
    """One decoded picture."""

    pts: int
    """Presentation time in units of ``time_base``, 0 at the start of the file."""
    time_base: Fraction
    """Seconds in one unit of ``pts``."""
    pixels: Picture
    """(height, width, 3) RGB; a view of a buffer that later pictures overwrite."""
    begins_scene: bool
    """Whether the picture was cut here."""


def scaled_pictures(video: VideoInfo, size: int) -> Iterator[TimedPicture]:
    """Every picture of ``video`` in order, turned upright and squeezed to size × size.

    Nothing is dropped or doubled for the sake of a constant rate. Decoding goes on while the
    caller is busy. Raises PipelineError: VIDEO_TRUNCATED, NO_FRAMES, FFMPEG_FAILED.
    """
    with (
        tempfile.NamedTemporaryFile(mode="r", suffix=".pts") as times,
        tempfile.TemporaryFile() as cuts,
    ):
        filters = [
            f"scale={size}:{size}:flags=area",
            f"format=rgb24,scdet=threshold={_SCENE_CHANGE}",
            # Only pictures that begin a scene have this key. ffmpeg writes and flushes their
            # lines, like those of the times below, before the pictures themselves.
            f"metadata=print:key=lavfi.scd.time:file=/dev/fd/{cuts.fileno()}:direct=1",
        ]
        arguments = [
            *("-i", str(video.path), "-map", "0:v:0", "-fps_mode", "passthrough"),
            *("-vf", ",".join(filters)),
            # Times as demuxed, {ptsi}, will not do: AVI has none, and ffmpeg infers them.
            *("-enc_time_base", "demux"),
            *("-stats_enc_pre", times.name, "-stats_enc_pre_fmt", "{pts} {tb}"),
            *("-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"),
        ]
        pictures = _raw_pictures(video, arguments, (size, size, 3), pass_fds=(cuts.fileno(),))
        begun: set[int] = set()
        told = 0
        for number, pixels in enumerate(pictures):
            pts, unit = times.readline().split()
            if lines := _whole_lines(cuts, told):
                told += len(lines)
                begun.update(map(int, _CUT.findall(lines)))
            yield TimedPicture(int(pts), _time_base(unit), pixels, number in begun)


def planar_pictures(video: VideoInfo) -> Iterator[Picture]:
    """The video at its own size as YUV 4:2:0, one picture every 1 / ``video.rate`` seconds.

    Yields (height · 3 / 2, width) uint8: luma, then the two chroma planes, odd sizes
    padded to even ones. Where the file's rate varies, pictures are repeated or left out
    so that the n-th is the one on screen at (n + ½) / rate: rounding to the nearest keeps
    the rhythm of files whose times are rounded. Each is a view of a buffer that later ones
    overwrite; it may be drawn upon. Decoding goes on while the caller is busy.
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
    video: VideoInfo, arguments: list[str], shape: tuple[int, ...], **streams: Any
) -> Iterator[Picture]:
    count = 0
    # More pictures under way than ffmpeg would choose bridge the moments in which a core is
    # ours: 6 % on two cores.
    threads = ["-threads", str(min(_MOST_THREADS, 4 * (os.cpu_count() or 1)))]
    with running([*threads, *arguments], stdout=subprocess.PIPE, bufsize=0, **streams) as (
        process,
        said,
    ):
        for block in ahead(_blocks(process.stdout, shape), _READY):
            count += len(block)
            yield from block
        warnings = finish(process, said, f"decoding {video.path}")
    if _ENDS_EARLY.search(warnings):
        raise truncated(video.path)
    if count == 0:
        raise no_pictures_decoded(video.path)


def _blocks(stream: Any, shape: tuple[int, ...]) -> Iterator[Picture]:
    """Whole pictures from an unbuffered pipe, some at a time."""
    picture = math.prod(shape)
    # One is filled, one in use. Fresh memory would cost as much as comparing the pictures.
    buffers = np.empty((_READY + 2, max(1, _BLOCK // picture), *shape), np.uint8)
    for pixels in cycle(buffers):
        view = pixels.reshape(-1).data
        filled = 0
        while filled < len(view) and (got := stream.readinto(view[filled:])):
            filled += got
        yield pixels[: filled // picture]
        if filled < len(view):
            return


def _whole_lines(file: IO[bytes], start: int) -> bytes:
    """What was written behind ``start``, without a line that is still being written."""
    written = os.pread(file.fileno(), 1 << 16, start)
    return written[: written.rfind(b"\n") + 1]


@cache
def _time_base(unit: str) -> Fraction:
    return Fraction(unit)
