"""Pictures of a video, each with the time that the file gives it."""

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
"""ffmpeg's own default for scdet: percent by which the mean difference to the frame before
jumps. Cuts of the clips that were looked at score 12.9 or more, all else 8.6 or less."""

_RUN_UPS = (1, 12, 60)
"""Seconds to seek before the wanted picture until one comes that needs none before it."""
_LAST_SECONDS = 2
"""Seconds before the end of the pictures in which there is surely one."""
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

    HDR becomes what screens of standard range show, interlaced pictures become whole ones.
    Nothing is dropped or doubled for the sake of a constant rate. Decoding goes on while the
    caller is busy. Raises PipelineError: VIDEO_TRUNCATED, NO_FRAMES, FFMPEG_FAILED.
    """
    with tempfile.TemporaryFile() as cuts, tone_mapping(video) as tones:
        filters = [
            *deinterlacing(video),
            f"scale={size}:{size}:flags=area",
            *tones,
            f"format=rgb24,scdet=threshold={_SCENE_CHANGE}",
            # Only pictures that begin a scene have this key. ffmpeg writes and flushes their
            # lines before the pictures themselves.
            f"metadata=print:key=lavfi.scd.time:file=/dev/fd/{cuts.fileno()}:direct=1",
        ]
        arguments = ["-i", str(video.path), "-map", f"0:{video.stream}", "-vf", ",".join(filters)]
        arguments += ["-pix_fmt", "rgb24"]
        pictures = timed_pictures(
            video, arguments, (size, size, 3), in_advance=True, pass_fds=(cuts.fileno(),)
        )
        shape = (video.width, video.height)
        begun: set[int] = set()
        told = 0
        for number, (pts, unit, pixels) in enumerate(pictures):
            if lines := _whole_lines(cuts, told):
                told += len(lines)
                begun.update(map(int, _CUT.findall(lines)))
            yield TimedPicture(pts, unit, pixels, shape, begins_scene=number in begun)


def planar_pictures(
    video: VideoInfo,
    since: Fraction = Fraction(0),
    until: Fraction | None = None,
    color: Color | None = None,
) -> Generator[PlanarPicture]:
    """Every picture of ``video`` with ``since`` <= time < ``until`` in order, upright.

    Nothing is dropped or doubled for the sake of a constant rate; of two pictures at one
    time, the second comes one unit later. They are of ``color``: ``color_of`` the video, in
    eight bits where none is given, or what HDR is tone-mapped to. Odd sizes are padded to even
    ones, interlaced pictures become whole ones. Times and planes do not depend on ``since``.
    Raises PipelineError: VIDEO_TRUNCATED, NO_FRAMES, FFMPEG_FAILED, and NOT_A_VIDEO where times
    go back.
    """
    color = color or color_of(video)
    seeks = [since - run_up for run_up in _RUN_UPS if run_up < since]
    for seek in seeks if seeks and _seeks_exactly(video) else []:
        with closing(_planar_from(video, color, seek)) as pictures:
            first = None
            with suppress(PipelineError):  # the last attempt tells the same of the whole file
                first = next(pictures, None)
            # A picture's fields are told apart by those of the one before.
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
    """All pictures, or those from a picture near ``seek`` that needs none before it."""
    width, height = video.even_size
    # Times stay those of the file: ffmpeg would shift them, and differently after a seek.
    arguments = ["-copyts"]
    filters = []
    if seek is not None:
        arguments += ["-noaccurate_seek", "-ss", f"{float(seek):.6f}"]
        # What is shown before the first key picture may refer to pictures that were not read.
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
    wanted = f"out_color_matrix={color.matrix}:out_range={color.range_name}"
    if color.dynamic_range == dynamic_range(video.color_transfer):
        own = color_of(video)
        yield [f"scale=in_color_matrix={own.matrix}:in_range={own.range_name}:{wanted}"]
    else:
        with tone_mapping(video) as tones:
            yield [*tones, f"scale={wanted}"]


def _timed(
    video: VideoInfo, arguments: list[str], color: Color, shape: tuple[int, int]
) -> Iterator[PlanarPicture]:
    earlier: Fraction | None = None
    kind = np.dtype(np.uint8 if color.bits == 8 else np.uint16)
    lines, width = shape
    in_bytes = lines, width * kind.itemsize
    with closing(timed_pictures(video, arguments, in_bytes, in_advance=False)) as pictures:
        for pts, unit, pixels in pictures:
            time = pts * unit - video.start
            if earlier is not None and time <= earlier:
                if time < earlier:
                    raise times_go_back(video.path, earlier)
                time += video.time_unit
            yield PlanarPicture(time, pixels.view(kind))
            earlier = time


def _seeks_exactly(video: VideoInfo) -> bool:
    """Whether pictures have the same times after a seek; ffmpeg infers those of an AVI."""
    with av.open(str(video.path)) as container:
        return container.format.name in _TIMED_FORMATS


def _whole_lines(file: IO[bytes], start: int) -> bytes:
    """What was written behind ``start``, without a line that is still being written."""
    written = os.pread(file.fileno(), 1 << 16, start)
    return written[: written.rfind(b"\n") + 1]
