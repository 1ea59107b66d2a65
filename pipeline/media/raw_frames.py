"""Raw pictures from ffmpeg's pipe, decoded while the caller works on earlier ones."""

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
from pipeline.media.ffmpeg import running
from pipeline.media.probe import VideoInfo
from pipeline.runtime.arrays import UInt8s
from pipeline.runtime.prefetch import prefetch

_ENDS_EARLY = re.compile(
    "partial file|File ended prematurely|Error during demuxing|Truncating packet"
)
_BATCH_BYTES = 4 << 20
"""Bytes of pictures that are read from ffmpeg at once."""
_MAX_THREADS = 16
"""ffmpeg warns of more."""
_PREFETCHED = 2
"""Batches that wait for the caller."""


def timed_pictures(
    video: VideoInfo,
    arguments: Sequence[str],
    shape: tuple[int, ...],
    *,
    in_advance: bool,
    **streams: Any,
) -> Generator[tuple[int, Fraction, UInt8s]]:
    """Yield pts, the seconds in one unit of it, and pixels: uint8 of ``shape``.

    ``arguments`` are ffmpeg's, except for those that make it write raw pictures. No picture is
    dropped or doubled. Each is a view of a buffer that later ones overwrite; it may be drawn
    upon. Closing the iterator stops ffmpeg.

    ``in_advance`` reads pictures while the caller works on others. Otherwise a picture comes
    straight from the pipe, and may still be in the processor's cache when it is passed on.

    Raises PipelineError: VIDEO_TRUNCATED, NO_FRAMES, FFMPEG_FAILED.
    """
    with tempfile.NamedTemporaryFile(mode="r", suffix=".pts") as times:
        arguments = [
            *(*arguments, "-fps_mode", "passthrough"),
            # {pts} and not {ptsi}, the time as demuxed: AVI has none, and ffmpeg infers them.
            *("-enc_time_base", "demux"),
            # ffmpeg writes a picture's line before the picture itself.
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
    # More threads than ffmpeg would choose: decoding is 6 % faster on two cores, which the
    # caller also uses.
    threads = ["-threads", str(min(_MAX_THREADS, 4 * (os.cpu_count() or 1)))]
    with running([*threads, *arguments], stdout=subprocess.PIPE, bufsize=0, **streams) as ffmpeg:
        if in_advance:
            # Besides those that wait, one is being filled and one is in use. They are reused:
            # fresh memory would cost as much as comparing pictures.
            batch_size = max(1, _BATCH_BYTES // math.prod(shape))
            buffers = np.empty((_PREFETCHED + 2, batch_size, *shape), np.uint8)
            batches = prefetch(_batches(ffmpeg.stdout, buffers), _PREFETCHED)
        else:
            batches = _batches(ffmpeg.stdout, np.empty((1, 1, *shape), np.uint8))
        for batch in batches:
            count += len(batch)
            yield from batch
        warnings = ffmpeg.finish(f"decoding {video.path}")
    if _ENDS_EARLY.search(warnings):
        raise truncated(video.path)
    if count == 0:
        raise no_pictures_decoded(video.path)


def _batches(pipe: Any, buffers: UInt8s) -> Iterator[UInt8s]:
    """Yield whole pictures from an unbuffered pipe, each time in the next of ``buffers``.

    ``buffers`` are (buffers, pictures, …); what is yielded is (pictures, …), fewer at the end.
    """
    picture_bytes = math.prod(buffers.shape[2:])
    for buffer in cycle(buffers):
        view = buffer.reshape(-1).data
        filled = 0
        while filled < len(view) and (count := pipe.readinto(view[filled:])):
            filled += count
        yield buffer[: filled // picture_bytes]
        if filled < len(view):
            return
