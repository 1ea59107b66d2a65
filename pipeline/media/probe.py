"""What a video file holds: size, shape, rate, length and sound."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from pathlib import Path
from typing import TypeVar

import av
from av.container import InputContainer
from av.sidedata.sidedata import Type
from av.video.reformatter import ColorRange

from pipeline.errors import ExitCode, PipelineError
from pipeline.media.colors import dynamic_range
from pipeline.media.faults import no_frames, unreadable
from pipeline.media.mastering import Mastering
from pipeline.media.side_data import mastering_of

log = logging.getLogger("yajiuma")

Info = TypeVar("Info")

# ITU-T H.273 MatrixCoefficients; PyAV's Colorspace numbers swscale's presets instead.
_MATRICES = {1: "bt709", 5: "bt470bg", 6: "bt470bg", 9: "bt2020nc"}
_UNSPECIFIED = 2
_DOLBY_VISION = {"dvh1", "dvhe", "dav1"}
"""How mp4 names what plays on nothing else."""


@dataclass(frozen=True)
class MediaInfo:
    """What a file holds beside its pictures."""

    path: Path
    start: Fraction
    """Seconds on the file's own clock at which it starts."""
    sound_codecs: tuple[str, ...]
    """One name for each audio stream."""
    subtitle_codecs: tuple[str, ...]
    """One name for each subtitle stream."""


@dataclass(frozen=True)
class VideoInfo(MediaInfo):
    """One video file as a player shows it."""

    width: int
    """Pixels across, after rotation."""
    height: int
    """Pixels down, after rotation."""
    sample_aspect: Fraction
    """Width of a pixel over its height, after rotation."""
    rate: Fraction
    """Pictures a second; the average where the rate varies."""
    duration: Fraction
    """Seconds from the file's start to the end of its last picture."""
    frame_count: int
    """What the container claims or the rate predicts; a forecast, not a fact."""
    time_unit: Fraction
    """Seconds; the time of every picture from the file's start is a multiple of it."""
    color_matrix: str
    """``bt709``, ``bt470bg`` (BT.601) or ``bt2020nc``: how RGB became YUV."""
    color_primaries: int
    """ITU-T H.273 ColourPrimaries, 2 where the file does not say."""
    color_transfer: int
    """ITU-T H.273 TransferCharacteristics, 2 where the file does not say."""
    full_range: bool
    """True where luma spans 0–255 rather than 16–235."""
    bits: int
    """Of a value of a pixel, as the file has it."""
    mastering: Mastering
    """What goes along with HDR pictures."""


def probe(path: Path) -> VideoInfo:
    """Read the headers of ``path`` and decode its first picture.

    Raises PipelineError: VIDEO_MISSING, NOT_A_VIDEO, VIDEO_TRUNCATED or NO_FRAMES.
    """
    return _opened(path, _describe_video)


def probe_sound(path: Path) -> MediaInfo:
    """Read the headers of ``path``, which need not have pictures.

    Raises PipelineError: VIDEO_MISSING, NOT_A_VIDEO or VIDEO_TRUNCATED.
    """
    return _opened(path, _describe)


def _opened(path: Path, describe: Callable[[Path, InputContainer], Info]) -> Info:
    if not path.is_file():
        raise PipelineError(
            ExitCode.VIDEO_MISSING, f"there is no video at {path}", "Check the path after VIDEO="
        )
    try:
        with av.open(str(path)) as container:
            return describe(path, container)
    except (av.error.FFmpegError, ValueError) as error:
        raise unreadable(path, error) from error


def _describe(path: Path, container: InputContainer) -> MediaInfo:
    return MediaInfo(
        path=path,
        start=_start(container),
        sound_codecs=tuple(map(_codec, container.streams.audio)),
        subtitle_codecs=tuple(map(_codec, container.streams.subtitles)),
    )


def _describe_video(path: Path, container: InputContainer) -> VideoInfo:
    if not container.streams.video:
        raise no_frames(path, "it has no video stream")
    stream = container.streams.video[0]
    first = next(container.decode(stream), None)
    if first is None:
        raise no_frames(path, "its video stream is empty")

    if _is_dolby_vision_alone(stream, first):
        log.warning(
            "%s is Dolby Vision with nothing beneath for other players (profile 5): its colours"
            " come out wrong; take a copy with HDR10",
            path.name,
        )
    turned = first.rotation % 180 != 0
    width, height = (first.height, first.width) if turned else (first.width, first.height)
    aspect = Fraction(stream.sample_aspect_ratio or 1) or Fraction(1)
    rate = Fraction(stream.average_rate or stream.guessed_rate or 25)
    beside = _describe(path, container)
    if stream.duration is not None and stream.time_base is not None:
        stream_end = (stream.duration + (stream.start_time or 0)) * stream.time_base
        duration = Fraction(stream_end) - beside.start
    else:
        duration = Fraction(container.duration or 0, av.time_base)
    return VideoInfo(
        **vars(beside),
        width=width,
        height=height,
        sample_aspect=1 / aspect if turned else aspect,
        rate=rate,
        duration=duration,
        frame_count=stream.frames or round(duration * rate),
        time_unit=_common_unit(stream.time_base or Fraction(1, 90_000), beside.start),
        color_matrix=_matrix(first),
        color_primaries=_told(first.color_primaries),
        color_transfer=_told(first.color_trc),
        full_range=_full_range(first),
        bits=max(component.bits for component in first.format.components),
        mastering=mastering_of(first),
    )


def _start(container: InputContainer) -> Fraction:
    """The earliest stream's start, which the container knows to the microsecond only."""
    rounded = Fraction(container.start_time or 0, av.time_base)
    exact = [
        Fraction(stream.start_time * stream.time_base)
        for stream in container.streams
        if stream.start_time is not None and stream.time_base is not None
    ]
    nearest = min(exact, key=lambda start: abs(start - rounded), default=rounded)
    return nearest if abs(nearest - rounded) < Fraction(1, av.time_base) else rounded


def _common_unit(time_base: Fraction, start: Fraction) -> Fraction:
    """The largest unit of which both are multiples."""
    denominator = time_base.denominator * start.denominator
    return Fraction(gcd(int(time_base * denominator), int(start * denominator)), denominator)


def _codec(stream: av.AudioStream | av.subtitles.stream.SubtitleStream) -> str:
    """The name of the format, not that of its decoder."""
    context = stream.codec_context
    return context.codec.canonical_name if context else "unknown"


def _told(code: int) -> int:
    return int(code) or _UNSPECIFIED  # 0 is reserved


def _full_range(picture: av.VideoFrame) -> bool:
    if picture.color_range == ColorRange.UNSPECIFIED:
        return picture.format.is_rgb or picture.format.has_palette
    return picture.color_range == ColorRange.JPEG


def _is_dolby_vision_alone(stream: av.VideoStream, picture: av.VideoFrame) -> bool:
    """Dolby Vision whose pictures are tagged with no colours, as those of its own space are."""
    told = Type.DOVI_METADATA in picture.side_data
    named = stream.codec_context.codec_tag in _DOLBY_VISION
    return (told or named) and _told(picture.color_trc) == _UNSPECIFIED


def _matrix(picture: av.VideoFrame) -> str:
    """Untagged pictures follow the players' custom: BT.709 from 720 lines up, else BT.601.

    HDR is of BT.2020's.
    """
    custom = "bt709" if picture.height >= 720 else "bt470bg"
    if dynamic_range(picture.color_trc):
        custom = "bt2020nc"
    return _MATRICES.get(picture.colorspace, custom)
