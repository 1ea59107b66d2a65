"""Pictures out of ffmpeg's pipe, decoded while the caller is busy with earlier ones."""

from __future__ import annotations

import math
import os
import re
import subprocess
import tempfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from fractions import Fraction
from functools import cache
from itertools import cycle
from typing import Any

import numpy as np

from pipeline.media.errors import no_pictures_decoded, truncated
from pipeline.media.ffmpeg import finish, running
from pipeline.media.probe import VideoInfo
from pipeline.runtime.arrays import UInt8s
from pipeline.runtime.prefetch import ahead

_ENDS_EARLY = re.compile(
    "partial file|File ended prematurely|Error during demuxing|Truncating packet"
)
_BLOCK = 4 << 20
"""Bytes of pictures that are read from ffmpeg at once."""
_MOST_THREADS = 16
"""ffmpeg warns of more."""
_READY = 2
"""Such blocks that wait for the caller."""


def timed_pictures(
    video: VideoInfo,
    arguments: Sequence[str],
    shape: tuple[int, ...],
    *,
    in_advance: bool,
    **streams: Any,
) -> Generator[tuple[int, Fraction, UInt8s]]:
    """Yield pts, the seconds in one unit of it, and pixels: uint8 of ``shape``.

    ``in_advance`` reads some of them while the caller is busy with others; otherwise a picture
    comes straight from the pipe, and may still be in the processor's cache when it is passed on.

    ``arguments`` tell ffmpeg all but how to write raw pictures. None is dropped or doubled.
    Each is a view of a buffer that later ones overwrite; it may be drawn upon. Closing the
    iterator stops ffmpeg. Raises PipelineError: VIDEO_TRUNCATED, NO_FRAMES, FFMPEG_FAILED.
    """
    with tempfile.NamedTemporaryFile(mode="r", suffix=".pts") as times:
        arguments = [
            *(*arguments, "-fps_mode", "passthrough"),
            # Times as demuxed, {ptsi}, will not do: AVI has none, and ffmpeg infers them.
            *("-enc_time_base", "demux"),
            # A line comes before its picture.
            *("-stats_enc_pre", times.name, "-stats_enc_pre_fmt", "{pts} {tb}"),
            *("-f", "rawvideo", "pipe:1"),
        ]
        raw = _raw_pictures(video, arguments, shape, in_advance, **streams)
        with closing(raw) as pictures:
            for pixels in pictures:
                pts, unit = times.readline().split()
                yield int(pts), _time_base(unit), pixels


@cache
def _time_base(unit: str) -> Fraction:
    return Fraction(unit)


def _raw_pictures(
    video: VideoInfo,
    arguments: Sequence[str],
    shape: tuple[int, ...],
    in_advance: bool,
    **streams: Any,
) -> Generator[UInt8s]:
    count = 0
    # More pictures under way than ffmpeg would choose bridge the moments in which a core is
    # ours: 6 % on two cores.
    threads = ["-threads", str(min(_MOST_THREADS, 4 * (os.cpu_count() or 1)))]
    with running([*threads, *arguments], stdout=subprocess.PIPE, bufsize=0, **streams) as (
        process,
        said,
    ):
        if in_advance:
            # One is filled, one in use. Fresh memory would cost as much as comparing pictures.
            at_once = max(1, _BLOCK // math.prod(shape))
            buffers = np.empty((_READY + 2, at_once, *shape), np.uint8)
            blocks = ahead(_blocks(process.stdout, buffers), _READY)
        else:
            blocks = _blocks(process.stdout, np.empty((1, 1, *shape), np.uint8))
        for block in blocks:
            count += len(block)
            yield from block
        warnings = finish(process, said, f"decoding {video.path}")
    if _ENDS_EARLY.search(warnings):
        raise truncated(video.path)
    if count == 0:
        raise no_pictures_decoded(video.path)


def _blocks(stream: Any, buffers: UInt8s) -> Iterator[UInt8s]:
    """Whole pictures from an unbuffered pipe, a buffer (pictures, …) at a time, in turn."""
    picture = math.prod(buffers.shape[2:])
    for pixels in cycle(buffers):
        view = pixels.reshape(-1).data
        filled = 0
        while filled < len(view) and (got := stream.readinto(view[filled:])):
            filled += got
        yield pixels[: filled // picture]
        if filled < len(view):
            return
