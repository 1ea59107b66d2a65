"""What a video file holds: size, shape, rate, length and sound."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from pipeline.errors import ExitCode, PipelineError

_MP4_BRAND = b"ftyp"

# ITU-T H.273 MatrixCoefficients; PyAV's Colorspace numbers swscale's presets instead.
_BT709 = 1
_BT601 = (5, 6)  # of 625 and of 525 lines


@dataclass(frozen=True)
class VideoInfo:
    """One video file as a player shows it."""

    path: Path
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
    color_matrix: str
    """``bt709`` or ``bt470bg`` (BT.601): how RGB became YUV."""
    full_range: bool
    """True where luma spans 0–255 rather than 16–235."""
    sound_codecs: tuple[str, ...]
    """One name for each audio stream."""


def probe(path: Path) -> VideoInfo:
    """Read the headers of ``path`` and decode its first picture.

    Raises PipelineError: VIDEO_MISSING, NOT_A_VIDEO, VIDEO_TRUNCATED or NO_FRAMES.
    """
    if not path.is_file():
        raise PipelineError(
            ExitCode.VIDEO_MISSING, f"there is no video at {path}", "Check the path after VIDEO="
        )
    try:
        with av.open(str(path)) as container:
            return _describe(path, container)
    except (av.error.FFmpegError, ValueError) as error:
        raise _unreadable(path, error) from error


def _describe(path: Path, container: av.container.InputContainer) -> VideoInfo:
    if not container.streams.video:
        raise _no_frames(path, "it has no video stream")
    stream = container.streams.video[0]
    first = next(container.decode(stream), None)
    if first is None:
        raise _no_frames(path, "its video stream is empty")

    turned = first.rotation % 180 != 0
    width, height = (first.height, first.width) if turned else (first.width, first.height)
    aspect = Fraction(stream.sample_aspect_ratio or 1) or Fraction(1)
    rate = Fraction(stream.average_rate or stream.guessed_rate or 25)
    file_start = Fraction(container.start_time or 0, av.time_base)
    if stream.duration is not None and stream.time_base is not None:
        stream_end = (stream.duration + (stream.start_time or 0)) * stream.time_base
        duration = Fraction(stream_end) - file_start
    else:
        duration = Fraction(container.duration or 0, av.time_base)
    return VideoInfo(
        path=path,
        width=width,
        height=height,
        sample_aspect=1 / aspect if turned else aspect,
        rate=rate,
        duration=duration,
        frame_count=stream.frames or round(duration * rate),
        color_matrix=_matrix(first),
        full_range=first.color_range == av.video.reformatter.ColorRange.JPEG,
        sound_codecs=tuple(s.codec_context.name for s in container.streams.audio),
    )


def _matrix(picture: av.VideoFrame) -> str:
    """Untagged pictures follow the players' custom: BT.709 from 720 lines up, else BT.601."""
    if picture.colorspace == _BT709:
        return "bt709"
    if picture.colorspace in _BT601:
        return "bt470bg"
    return "bt709" if picture.height >= 720 else "bt470bg"


def truncated(path: Path) -> PipelineError:
    """The error for a file that ends too early."""
    return PipelineError(
        ExitCode.VIDEO_TRUNCATED,
        f"{path} is cut off before its end",
        "Copy or download it again; `ffmpeg -i IN -c copy OUT.mp4` keeps what a file that"
        " still opens holds",
    )


def _no_frames(path: Path, why: str) -> PipelineError:
    return PipelineError(
        ExitCode.NO_FRAMES, f"{path} holds no pictures: {why}", "Give a file with moving pictures"
    )


def no_pictures_decoded(path: Path) -> PipelineError:
    """The error for a stream that promises pictures and yields none."""
    return _no_frames(path, "none could be decoded")


def _unreadable(path: Path, error: Exception) -> PipelineError:
    with path.open("rb") as file:
        head = file.read(12)
    if not head:
        return _no_frames(path, "the file is empty (0 bytes)")
    if head[4:8] == _MP4_BRAND:
        return truncated(path)
    return PipelineError(
        ExitCode.NOT_A_VIDEO,
        f"{path} is not a video that ffmpeg can read ({getattr(error, 'strerror', None) or error})",
        "Check what the file is; its ending alone does not make it a video",
    )
