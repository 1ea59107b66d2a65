"""Segments of a video, encoded one by one, joined to a single file without encoding again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av

from pipeline.media.codecs import CodecName, Container, container_arguments
from pipeline.media.encode import BITEXACT
from pipeline.media.ffmpeg import running
from pipeline.media.probe import MediaInfo
from pipeline.media.stream_copy import carried, source_input


def join(
    segments: Sequence[Path],
    target: Path,
    *,
    rate: Fraction,
    codec: CodecName = "h264",
    container: Container = "mp4",
    source: MediaInfo | None = None,
) -> None:
    """Write ``target`` from ``segments`` in order, and everything but the pictures of ``source``.

    The segments are nut files that ``encoder`` wrote with equal settings; each begins with a
    key picture, later than the segment before. Every picture keeps its time; the last one is
    shown for 1 / ``rate`` seconds. Meanwhile a copy of the pictures lies next to the segments.
    Raises PipelineError: DISK_FULL, FFMPEG_FAILED; ValueError where segments overlap or do not
    go together.
    """
    with tempfile.NamedTemporaryFile(dir=segments[0].parent, suffix=".mp4") as joined:
        unit = _pictures_joined(segments, rate, Path(joined.name))
        arguments = [
            *("-copyts", "-i", joined.name),
            *(source_input(source) if source else ()),
            *("-map", "0:v", "-c:v", "copy"),
            *(carried(source, container) if source else ("-map_metadata", "-1")),
            *(*BITEXACT, *container_arguments(container, codec, unit), str(target)),
        ]
        with running(arguments) as ffmpeg:
            ffmpeg.finish(f"joining {target.name}")


def _pictures_joined(segments: Sequence[Path], rate: Fraction, target: Path) -> Fraction:
    """Write only the pictures; returns the seconds in one unit of their times.

    ffmpeg would have to guess the times at which the first ones are decoded, and how long the
    last one is shown: NUT holds neither.
    """
    in_file = [packet.pts for packet in _packets(segments) if packet.pts is not None]
    shown = sorted(in_file)
    if any(earlier == later for earlier, later in pairwise(shown)):
        raise ValueError("segments overlap")
    with av.open(str(segments[0])) as first:
        template = first.streams.video[0]
        assert template.time_base is not None
        if any(_settings(segment) != _settings(segments[0]) for segment in segments):
            raise ValueError("segments were encoded with different settings")
        unit = template.time_base
        decoded = _decoding_times(shown, in_file, step=round(1 / (rate * unit)))
        options = {"movie_timescale": str(unit.denominator)}
        with av.open(str(target), "w", format="mp4", options=options) as container:
            stream = container.add_stream_from_template(template, opaque=True)
            stream.time_base = unit
            for packet, (dts, duration) in zip(_packets(segments), decoded, strict=True):
                packet.stream = stream
                packet.dts, packet.duration = dts, duration
                container.mux_one(packet)
    return unit


def _decoding_times(
    shown: Sequence[int], in_file: Sequence[int], step: int
) -> Iterator[tuple[int, int]]:
    """When each picture is decoded, and its duration in the file, in the order of the file.

    ``shown`` are the times of the pictures in the order of display, ``in_file`` in that of the
    file; ``step`` is how long the last one is shown. Decoding times are the display times moved
    back by so many pictures that none is shown before it is decoded.
    """
    rank = {time: place for place, time in enumerate(shown)}
    delay = max(place - rank[time] for place, time in enumerate(in_file))
    times = [shown[0] - step * early for early in range(delay, 0, -1)]
    times += shown[: len(shown) - delay]
    yield from ((time, later - time) for time, later in pairwise(times))
    # mp4 takes the length of the file from the sum of the durations.
    yield times[-1], shown[-1] + step - shown[0] - (times[-1] - times[0])


def _settings(segment: Path) -> bytes | None:
    """The codec's header, which a file has once."""
    with av.open(str(segment)) as container:
        return container.streams.video[0].codec_context.extradata


def _packets(segments: Sequence[Path]) -> Iterator[av.Packet[av.VideoStream]]:
    for segment in segments:
        with av.open(str(segment)) as container:
            for packet in container.demux(video=0):
                if packet.size:
                    yield packet
