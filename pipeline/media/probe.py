"""The facts about a video file: size, shape, rate, length, colours and sound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from pathlib import Path
from typing import TypeVar

import av
from av.container import InputContainer
from av.sidedata.sidedata import Type
from av.stream import Stream
from av.video.reformatter import ColorRange

from pipeline.media.colors import dynamic_range
from pipeline.media.errors import no_frames, unreadable
from pipeline.media.mastering import Mastering
from pipeline.media.side_data import mastering_of
from pipeline.media.streams import belonging, picture_stream
from pipeline.media.timing import timing
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.logs import log

Info = TypeVar("Info")

# ITU-T H.273 MatrixCoefficients; PyAV's Colorspace numbers swscale's presets instead.
_MATRICES = {1: "bt709", 5: "bt470bg", 6: "bt470bg", 9: "bt2020nc"}
_UNSPECIFIED = 2
_DOLBY_VISION = {"dvh1", "dvhe", "dav1"}
"""mp4's codec tags of Dolby Vision that other players cannot show."""
_MIN_OUTLAST = Fraction(1, 10)
"""Seconds by which sound has to outlast the pictures: its last packet seldom ends with them."""
_MIN_MOVING_RATE = 10
"""Pictures a second below which text does not seem to move."""
_HELD_RATE = Fraction(25)
"""Pictures a second instead, such as over a single picture that is to last a second."""


@dataclass(frozen=True)
class MediaInfo:
    """The facts about a file apart from its pictures."""

    path: Path
    start: Fraction
    """When the file starts on its own clock, in seconds."""
    sound_codecs: tuple[str, ...]
    """One name for each audio stream."""
    subtitle_codecs: tuple[str, ...]
    """One name for each subtitle stream."""
    sound_streams: tuple[int, ...]
    """Their numbers in the file."""
    subtitle_streams: tuple[int, ...]
    """Their numbers in the file."""


@dataclass(frozen=True)
class VideoInfo(MediaInfo):
    """One video file as a player shows it."""

    stream: int
    """Number of the picture stream in the file."""
    width: int
    """Pixels across, after rotation."""
    height: int
    """Pixels down, after rotation."""
    sample_aspect: Fraction
    """Width of a pixel over its height, after rotation."""
    rate: Fraction
    """Pictures a second; the average where the rate varies."""
    pictures_end: Fraction
    """Seconds from the file's start to the end of its last picture."""
    duration: Fraction
    """Seconds from the file's start to the end of its last picture or, if that is later, of its
    sound: players hold the last picture meanwhile."""
    frame_count: int
    """How many pictures are expected; a forecast."""
    counted: bool
    """Whether ``frame_count`` comes from the file's index or its packets, and is no estimate."""
    held_rate: Fraction
    """Pictures a second while the last one is held for the sound; elsewhere it is ``rate``."""
    time_unit: Fraction
    """Seconds; the times of all pictures, from the file's start, are multiples of it."""
    color_matrix: str
    """``bt709``, ``bt470bg`` (BT.601) or ``bt2020nc``: how RGB became YUV."""
    color_primaries: int
    """ITU-T H.273 ColourPrimaries, 2 where the file does not say."""
    color_transfer: int
    """ITU-T H.273 TransferCharacteristics, 2 where the file does not say."""
    full_range: bool
    """True where luma spans 0–255 rather than 16–235."""
    bits: int
    """Bits of one value of a pixel in the file."""
    mastering: Mastering
    """Mastering metadata of HDR."""

    @property
    def even_size(self) -> tuple[int, int]:
        """Width and height rounded up to even numbers, which 4:2:0 video needs."""
        return self.width + self.width % 2, self.height + self.height % 2


def probe(path: Path, stream: int | None = None) -> VideoInfo:
    """Read the headers of ``path``, look at its two ends and decode its first picture.

    ``stream`` is the number of the picture stream, or None for the one that players choose.
    Raises PipelineError: VIDEO_MISSING, NOT_A_VIDEO, VIDEO_TRUNCATED or NO_FRAMES, and USAGE
    where ``stream`` is no picture stream.
    """
    return _open(path, lambda path, container: _describe_video(path, container, stream))


def probe_sound(path: Path) -> MediaInfo:
    """Read the headers of ``path``, which need not have pictures.

    Raises PipelineError: VIDEO_MISSING, NOT_A_VIDEO or VIDEO_TRUNCATED.
    """
    return _open(path, _describe)


def _open(path: Path, describe: Callable[[Path, InputContainer], Info]) -> Info:
    if not path.is_file():
        raise PipelineError(
            ExitCode.VIDEO_MISSING, f"there is no video at {path}", "Check the path after VIDEO="
        )
    try:
        with av.open(str(path)) as container:
            return describe(path, container)
    except (av.error.FFmpegError, ValueError) as error:
        raise unreadable(path, error) from error


def _describe(path: Path, container: InputContainer, pictures: Stream | None = None) -> MediaInfo:
    mine = belonging(path, container, pictures) if pictures else None
    sound, subtitles = (
        [stream for stream in streams if mine is None or stream.index in mine]
        for streams in (container.streams.audio, container.streams.subtitles)
    )
    return MediaInfo(
        path=path,
        start=_start(container),
        sound_codecs=tuple(map(_codec, sound)),
        subtitle_codecs=tuple(map(_codec, subtitles)),
        sound_streams=tuple(stream.index for stream in sound),
        subtitle_streams=tuple(stream.index for stream in subtitles),
    )


def _describe_video(path: Path, container: InputContainer, wanted: int | None) -> VideoInfo:
    stream = picture_stream(path, container, wanted)
    first = next(container.decode(stream), None)
    if first is None:
        raise no_frames(path, "its video stream is empty")

    if _is_dolby_vision_alone(stream, first):
        log.warning(
            "%s is Dolby Vision without a base layer for other players (profile 5): its colours"
            " will be wrong; take a copy with HDR10",
            path.name,
        )
    turned = first.rotation % 180 != 0
    width, height = (first.height, first.width) if turned else (first.width, first.height)
    aspect = Fraction(stream.sample_aspect_ratio or 1) or Fraction(1)
    beside = _describe(path, container, stream)
    sound = [container.streams[number] for number in beside.sound_streams]
    time = timing(container, stream, sound, beside.start)
    outlasts = time.sound_end > time.pictures_end + _MIN_OUTLAST
    return VideoInfo(
        **vars(beside),
        stream=stream.index,
        width=width,
        height=height,
        sample_aspect=1 / aspect if turned else aspect,
        rate=time.rate,
        pictures_end=time.pictures_end,
        duration=time.sound_end if outlasts else time.pictures_end,
        frame_count=time.frame_count,
        counted=time.counted,
        held_rate=_HELD_RATE if outlasts and time.rate < _MIN_MOVING_RATE else time.rate,
        time_unit=_common_unit(stream.time_base or Fraction(1, 90_000), beside.start),
        color_matrix=_matrix(first),
        color_primaries=_h273_code(first.color_primaries),
        color_transfer=_h273_code(first.color_trc),
        full_range=_full_range(first),
        bits=max(component.bits for component in first.format.components),
        mastering=mastering_of(first),
    )


def _start(container: InputContainer) -> Fraction:
    """The earliest stream's start. The container only knows it to the microsecond."""
    rounded = Fraction(container.start_time or 0, av.time_base)
    exact = [
        Fraction(stream.start_time * stream.time_base)
        for stream in container.streams
        if stream.start_time is not None and stream.time_base is not None
    ]
    nearest = min(exact, key=lambda start: abs(start - rounded), default=rounded)
    return nearest if abs(nearest - rounded) < Fraction(1, av.time_base) else rounded


def _common_unit(time_base: Fraction, start: Fraction) -> Fraction:
    """The largest unit of which both are multiples, in seconds."""
    denominator = time_base.denominator * start.denominator
    return Fraction(gcd(int(time_base * denominator), int(start * denominator)), denominator)


def _codec(stream: av.AudioStream | av.subtitles.stream.SubtitleStream) -> str:
    """The name of the format, which may have several decoders."""
    context = stream.codec_context
    return context.codec.canonical_name if context else "unknown"


def _h273_code(code: int) -> int:
    return int(code) or _UNSPECIFIED  # 0 is reserved


def _full_range(picture: av.VideoFrame) -> bool:
    if picture.color_range == ColorRange.UNSPECIFIED:
        return picture.format.is_rgb or picture.format.has_palette
    return picture.color_range == ColorRange.JPEG


def _is_dolby_vision_alone(stream: av.VideoStream, picture: av.VideoFrame) -> bool:
    """Whether it is Dolby Vision whose pictures are in its own colour space, and so untagged."""
    has_metadata = Type.DOVI_METADATA in picture.side_data
    has_tag = stream.codec_context.codec_tag in _DOLBY_VISION
    return (has_metadata or has_tag) and _h273_code(picture.color_trc) == _UNSPECIFIED


def _matrix(picture: av.VideoFrame) -> str:
    """How RGB became YUV.

    For untagged pictures this is what players assume: BT.2020 for HDR, BT.709 from 720 lines
    up, and BT.601 below.
    """
    default = "bt709" if picture.height >= 720 else "bt470bg"
    if dynamic_range(picture.color_trc):
        default = "bt2020nc"
    return _MATRICES.get(picture.colorspace, default)
