"""Decoded pictures of a video file, each with the time that the file gives it."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import IO

import av
import numpy as np

from pipeline.media.colors import Color, color_of, dynamic_range
from pipeline.media.errors import no_pictures_decoded, times_go_back
from pipeline.media.interlacing import deinterlacing
from pipeline.media.pixels import Yuv420
from pipeline.media.probe import VideoInfo
from pipeline.media.raw_frames import timed_pictures
from pipeline.media.source import TimedPicture
from pipeline.media.tonemap import tone_mapping
from pipeline.runtime.errors import PipelineError

_CUT = re.compile(rb"frame:(\d+)")
_SCENE_CHANGE = 10
"""The default threshold of ffmpeg's scdet: percent by which the mean difference to the frame before
jumps. In the clips that were looked at, cuts score 12.9 or more, and all else 8.6 or less."""

_RUN_UPS = (1, 12, 60)
"""Seconds before the wanted picture at which decoding starts, tried in this order: it has to start
at a picture that refers to none before it."""
_LAST_SECONDS = 2
"""Seconds before the end of the pictures in which there is nearly always one."""
_TIMED_FORMATS = {"mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm", "mpegts"}


@dataclass(frozen=True)
class PlanarPicture:
    """One decoded picture at the video's own size."""

    time: Fraction
    """Seconds from the file's start, exactly as the file times it."""
    planes: Yuv420
    """(height · 3 / 2, width) YUV 4:2:0: luma, then the two chroma planes; uint8, or uint16 for
    ten bits. A view of a buffer that later pictures overwrite; it may be drawn upon."""


def scaled_pictures(video: VideoInfo, size: int) -> Iterator[TimedPicture]:
    """Every picture of ``video`` in order, turned upright and squeezed to size × size.

    HDR is tone-mapped to standard range, and interlaced pictures are deinterlaced. No picture is
    dropped or doubled for the sake of a constant rate. Decoding goes on while the caller works.
    Raises PipelineError: VIDEO_TRUNCATED, NO_FRAMES, FFMPEG_FAILED.
    """
    with tempfile.TemporaryFile() as cuts, tone_mapping(video) as tones:
        filters = [
            *deinterlacing(video),
            f"scale={size}:{size}:flags=area",
            *tones,
            f"format=rgb24,scdet=threshold={_SCENE_CHANGE}",
            # Only the first picture of a scene has this key. ffmpeg writes and flushes the line
            # of a picture before the picture itself, so all cuts so far are known.
            f"metadata=print:key=lavfi.scd.time:file=/dev/fd/{cuts.fileno()}:direct=1",
        ]
        arguments = ["-i", str(video.path), "-map", f"0:{video.stream}", "-vf", ",".join(filters)]
        arguments += ["-pix_fmt", "rgb24"]
        pictures = timed_pictures(
            video, arguments, (size, size, 3), in_advance=True, pass_fds=(cuts.fileno(),)
        )
        shape = (video.width, video.height)
        after_cuts: set[int] = set()
        bytes_read = 0
        for number, (pts, unit, pixels) in enumerate(pictures):
            if lines := _whole_lines(cuts, bytes_read):
                bytes_read += len(lines)
                after_cuts.update(map(int, _CUT.findall(lines)))
            yield TimedPicture(pts, unit, pixels, shape, begins_scene=number in after_cuts)


def planar_pictures(
    video: VideoInfo,
    since: Fraction = Fraction(0),
    until: Fraction | None = None,
    color: Color | None = None,
) -> Generator[PlanarPicture]:
    """Every picture of ``video`` with ``since`` <= time < ``until`` in order, upright.

    No picture is dropped or doubled for the sake of a constant rate; if two have the same time,
    the second comes one unit later. Their colours are ``color``: that of the video (the default,
    in eight bits), or what HDR is tone-mapped to. Odd sizes are padded to even ones, interlaced
    pictures are deinterlaced. Times and planes do not depend on ``since``. Raises
    PipelineError: VIDEO_TRUNCATED, NO_FRAMES, FFMPEG_FAILED, and NOT_A_VIDEO where times go back.
    """
    color = color or color_of(video)
    seeks = [since - run_up for run_up in _RUN_UPS if run_up < since]
    for seek in seeks if seeks and _seeks_exactly(video) else []:
        with closing(_planar_from(video, color, seek)) as pictures:
            first = None
            with suppress(PipelineError):  # decoding from the start raises it again
                first = next(pictures, None)
            # Deinterlacing also looks at the picture before.
            before = since - video.time_unit if deinterlacing(video) else since
            if first is not None and first.time <= before:
                yield from _within(chain([first], pictures), since, until)
                return
    with closing(_planar_from(video, color, None)) as pictures:
        yield from _within(pictures, since, until)


def picture_at(video: VideoInfo, seconds: Fraction, color: Color) -> PlanarPicture:
    """The picture of ``video`` on screen at ``seconds``, in ``color``, as a copy.

    The first picture serves for earlier times and the last one for later times. Raises
    PipelineError as ``planar_pictures`` does.
    """
    seconds = min(seconds, video.pictures_end)
    # A picture may have been on screen for long: look further and further back for its start.
    starts = [seconds - run_up for run_up in _RUN_UPS if run_up < seconds]
    for since in [*starts, Fraction(0)]:
        found = None
        with closing(planar_pictures(video, since, None, color)) as pictures:
            for picture in pictures:
                if found is not None and picture.time > seconds:
                    break
                found = PlanarPicture(picture.time, picture.planes.copy())
        if found is not None and (found.time <= seconds or since == 0):
            return found
    raise no_pictures_decoded(video.path)


def last_picture(video: VideoInfo, color: Color) -> PlanarPicture:
    """The picture of ``video`` that is shown last, in ``color``, as a copy.

    Raises PipelineError as ``planar_pictures`` does.
    """
    for since in (max(Fraction(0), video.pictures_end - _LAST_SECONDS), Fraction(0)):
        last = None
        with closing(planar_pictures(video, since, None, color)) as pictures:
            for picture in pictures:
                last = PlanarPicture(picture.time, picture.planes.copy())
        if last is not None:
            return last
    raise no_pictures_decoded(video.path)


def _within(
    pictures: Iterator[PlanarPicture], since: Fraction, until: Fraction | None
) -> Iterator[PlanarPicture]:
    for picture in pictures:
        if until is not None and picture.time >= until:
            return
        if picture.time >= since:
            yield picture


def _planar_from(video: VideoInfo, color: Color, seek: Fraction | None) -> Generator[PlanarPicture]:
    """All pictures, or those from the key picture near ``seek`` on."""
    width, height = video.even_size
    # Keep the file's times: ffmpeg would shift them, and differently after a seek.
    arguments = ["-copyts"]
    filters = []
    if seek is not None:
        arguments += ["-noaccurate_seek", "-ss", f"{float(seek):.6f}"]
        # Pictures before the first key picture may refer to some that were not read. ld(0)
        # counts the key pictures so far.
        filters.append(r"select=gt(st(0\,ld(0)+key)\,0)")
    filters += deinterlacing(video)
    if (width, height) != (video.width, video.height):
        filters.append(f"pad={width}:{height}")
    with _conversion(video, color) as conversion:
        filters += conversion
        arguments += ["-i", str(video.path), "-map", f"0:{video.stream}"]
        arguments += ["-vf", ",".join(filters), "-pix_fmt", color.planar_format]
        yield from _timed(video, arguments, color, (height * 3 // 2, width))


@contextmanager
def _conversion(video: VideoInfo, color: Color) -> Iterator[list[str]]:
    """ffmpeg's filters from the file's colours to ``color``."""
    output = f"out_color_matrix={color.matrix}:out_range={color.range_name}"
    if color.dynamic_range == dynamic_range(video.color_transfer):
        own = color_of(video)
        yield [f"scale=in_color_matrix={own.matrix}:in_range={own.range_name}:{output}"]
    else:
        with tone_mapping(video) as tones:
            yield [*tones, f"scale={output}"]


def _timed(
    video: VideoInfo, arguments: list[str], color: Color, shape: tuple[int, int]
) -> Iterator[PlanarPicture]:
    """Run ffmpeg and time its pictures; ``shape`` is (lines, values in a line)."""
    earlier: Fraction | None = None
    dtype = np.dtype(np.uint8 if color.bits == 8 else np.uint16)
    lines, width = shape
    byte_shape = lines, width * dtype.itemsize
    with closing(timed_pictures(video, arguments, byte_shape, in_advance=False)) as pictures:
        for pts, unit, pixels in pictures:
            time = pts * unit - video.start
            if earlier is not None and time <= earlier:
                if time < earlier:
                    raise times_go_back(video.path, earlier)
                time += video.time_unit
            yield PlanarPicture(time, pixels.view(dtype))
            earlier = time


def _seeks_exactly(video: VideoInfo) -> bool:
    """Whether pictures have the same times after a seek; in an AVI, ffmpeg infers them."""
    with av.open(str(video.path)) as container:
        return container.format.name in _TIMED_FORMATS


def _whole_lines(file: IO[bytes], start: int) -> bytes:
    """The bytes from ``start`` on, without a line that is still being written."""
    written = os.pread(file.fileno(), 1 << 16, start)
    return written[: written.rfind(b"\n") + 1]
