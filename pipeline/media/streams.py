"""Which of a file's streams are its video: the picture stream, and what belongs to it."""

from __future__ import annotations

import re
from pathlib import Path

from av import VideoStream
from av.container import InputContainer
from av.stream import Disposition, Stream

from pipeline.media.errors import no_frames
from pipeline.media.ffmpeg import running
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.logs import log

_NO_VIDEO = Disposition.attached_pic | Disposition.timed_thumbnails
_STILL = frozenset({"bmp", "gif", "mjpeg", "png", "tiff", "webp"})
"""Codecs of single pictures: beside another picture stream, one is a cover."""
_PROGRAMME = re.compile(r"^ {2}(?:Program (\d+)|No Program)|^  Stream #0:(\d+)", re.MULTILINE)
"""How ffmpeg lists a transport stream: the streams of a programme follow its line."""


def picture_stream(path: Path, container: InputContainer, wanted: int | None) -> VideoStream:
    """The stream that is the video: the ``wanted`` number, or the one that players choose.

    They never choose an attached picture, such as a cover. Among several streams they prefer
    default ones, and among these the largest. The log names the others. Raises PipelineError:
    NO_FRAMES, and USAGE where the ``wanted`` one is no picture stream.
    """
    streams = [stream for stream in container.streams.video if not _is_attached(stream)]
    if not streams and container.streams.video:
        raise no_frames(
            path,
            f"its only picture is attached to it, as a cover is"
            f" ({_describe(container.streams.video[0])})",
            "Give a file with moving pictures, or make one of cover and sound with"
            " `ffmpeg -loop 1 -framerate 25 -i COVER -i SOUND -shortest OUT.mp4`",
        )
    if not streams:
        raise no_frames(path, "it has no video stream")
    chosen = _named(path, streams, wanted) if wanted is not None else max(streams, key=_preference)
    if others := [stream for stream in streams if stream is not chosen]:
        log.info(
            "%s has %d picture streams: %s is taken%s, and not %s; STREAM= chooses another",
            *(path.name, len(streams), _describe(chosen), " as chosen" * (wanted is not None)),
            ", ".join(map(_describe, others)),
        )
    return chosen


def belonging(path: Path, container: InputContainer, pictures: Stream) -> frozenset[int]:
    """Numbers of the streams that belong to ``pictures``.

    These are all streams, or those of its programme in a transport stream of several.
    """
    every = frozenset(stream.index for stream in container.streams)
    if container.format.name != "mpegts" or len(container.streams.video) < 2:
        return every
    programmes = _programmes(path)
    return next((streams for streams in programmes if pictures.index in streams), every)


def _programmes(path: Path) -> list[frozenset[int]]:
    """The streams of each programme, which ffmpeg lists and PyAV does not know."""
    with running(["-v", "info", "-i", str(path)]) as ffmpeg:
        ffmpeg.process.wait()  # it fails, as it has nothing to write
        messages = ffmpeg.messages()
    programmes: list[set[int]] = []
    for line in _PROGRAMME.finditer(messages):
        if line[2] is None:
            programmes.append(set())
        elif programmes:
            programmes[-1].add(int(line[2]))
    return [frozenset(streams) for streams in programmes]


def _is_attached(stream: Stream) -> bool:
    return bool(stream.disposition & _NO_VIDEO)


def _preference(stream: VideoStream) -> tuple[bool, bool, bool, int, int]:
    """A sort key: larger for what players prefer."""
    context = stream.codec_context
    if context is None:  # nothing decodes it
        return False, False, False, 0, -stream.index
    return (
        True,
        stream.frames != 1 and context.codec.canonical_name not in _STILL,
        bool(stream.disposition & Disposition.default),
        context.width * context.height,
        -stream.index,
    )


def _named(path: Path, streams: list[VideoStream], wanted: int) -> VideoStream:
    for stream in streams:
        if stream.index == wanted:
            return stream
    raise PipelineError(
        ExitCode.USAGE,
        f"{path} has no picture stream {wanted}; it has {', '.join(map(_describe, streams))}",
        f"Write STREAM={streams[0].index}" if len(streams) == 1 else "Name one of these",
    )


def _describe(stream: VideoStream) -> str:
    context = stream.codec_context
    if context is None:
        return f"{stream.index} (unknown)"
    return f"{stream.index} ({context.codec.canonical_name}, {context.width}×{context.height})"
