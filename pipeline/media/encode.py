"""Pictures to a video file, together with the sound and subtitles of its source."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

from pipeline.media.codecs import H264, Codec, Container, container_arguments, software_arguments
from pipeline.media.colors import BT709, Color, PixelFormat, color_filters, color_tags
from pipeline.media.ffmpeg import running
from pipeline.media.hardware import hardware_arguments
from pipeline.media.nut import NutWriter
from pipeline.media.probe import MediaInfo
from pipeline.media.progress import OnProgress, reporting
from pipeline.media.stream_copy import carried, source_input

BITEXACT = ("-fflags", "+bitexact", "-flags:v", "+bitexact")
"""The same input gives the same bytes."""


class PictureSink(Protocol):
    """Takes pictures one after another."""

    def write(self, pixels: Any, pts: int | None = None) -> None:
        """Append one picture: a C-contiguous buffer of a whole picture.

        ``pts`` is the time at which it is shown, in the format's ``unit``, later than that of
        the picture before; None means one picture's time after it. The buffer can be reused
        afterwards.
        """


@dataclass(frozen=True)
class VideoFormat:
    """The pictures that an encoder takes, and the file that it makes of them."""

    size: tuple[int, int]
    """Width and height, both even."""
    rate: Fraction
    """Pictures a second, on average where times are given."""
    unit: Fraction | None = None
    """Seconds in one unit of given times; None for 1 / ``rate``."""
    pixel_format: PixelFormat = "yuv420p"
    """yuv420p: planes (height · 3 / 2, width) of ``color``, uint16 for ten bits. rgb24: (height,
    width, 3). gbrap: planes (4, height, width) of green, blue, red and straight alpha."""
    codec: Codec = H264
    container: Container = "mp4"
    sample_aspect: Fraction = Fraction(1)
    """Width of a pixel over its height."""
    color: Color = BT709
    """Colours of the file."""


@contextmanager
def encoder(
    target: Path,
    video: VideoFormat,
    *,
    source: MediaInfo | None = None,
    on_progress: OnProgress | None = None,
) -> Iterator[PictureSink]:
    """Write ``target`` from pictures.

    All sound, text subtitles, chapters and titles of ``source`` go along; picture times count
    from its start. The file is complete only when the block ends without an exception. Raises
    PipelineError: DISK_FULL, FFMPEG_FAILED.
    """
    unit = video.unit or 1 / video.rate
    color = video.color
    filters = [
        *color_filters(video.pixel_format, color),
        f"setsar={video.sample_aspect.numerator}/{video.sample_aspect.denominator}",
    ]
    with reporting(on_progress) as progress:
        arguments = [
            # ffmpeg would move a first picture that comes after the sound to its start.
            *("-copyts", "-f", "nut", "-i", "pipe:0"),
            *(source_input(source) if source else ()),
            *("-map", "0:v", "-vf", ",".join(filters)),
            *_encoding(video.codec, color),
            *color_tags(color),
            *("-fps_mode:v", "passthrough", "-enc_time_base:v", "demux"),
            *("-bsf:v", _last_duration(video.rate)),
            *(carried(source, video.container) if source else ("-map_metadata", "-1")),
            *(*progress.arguments, *BITEXACT),
            *(*container_arguments(video.container, video.codec.name, unit), str(target)),
        ]
        with running(arguments, stdin=subprocess.PIPE, pass_fds=progress.pass_fds) as ffmpeg:
            with suppress(BrokenPipeError):  # ffmpeg died; finish() says why
                planar = video.pixel_format == "yuv420p"
                raw = color.planar_format if planar else video.pixel_format
                writer = NutWriter(ffmpeg.stdin.fileno(), video.size, video.rate, unit, raw)
                yield _Pictures(writer, round(1 / (video.rate * unit)))
                ffmpeg.stdin.close()
            ffmpeg.finish(f"encoding {target.name}")


def _encoding(codec: Codec, color: Color) -> Sequence[str]:
    if codec.hardware:
        return hardware_arguments(codec, color.bits)
    return software_arguments(codec, color)


def _last_duration(rate: Fraction) -> str:
    """The filter that makes the file last from its first picture to the end of the last one.

    mp4 adds up the times between decoding and the duration of the packet that comes last,
    whose picture need not be the one that is shown last.
    """
    latest = "st(0,max(ld(0),PTS))"
    rest = f"round({latest}+{rate.denominator}/{rate.numerator}/TB-STARTPTS-(DTS-STARTDTS))"
    duration = f"if(eq(NEXT_DTS,NOPTS),{rest},0*{latest}+DURATION)".replace(",", r"\,")
    return f"setts=pts=PTS:dts=DTS:duration={duration}"


class _Pictures:
    """Continues times where none are given, ``step`` units from one picture to the next."""

    def __init__(self, writer: NutWriter, step: int) -> None:
        self._writer = writer
        self._step = step
        self._next = 0

    def write(self, pixels: Any, pts: int | None = None) -> None:
        time = self._next if pts is None else pts
        self._writer.write(pixels, time)
        self._next = time + self._step
