"""Annotated videos: the pictures of one encoded, in segments at once where that is faster."""

from __future__ import annotations

import os
import threading
from concurrent.futures import FIRST_EXCEPTION, CancelledError, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path

from pipeline.danmaku.video.annotated_video import AnnotatedVideo
from pipeline.media.codecs import Codec
from pipeline.media.concat import join
from pipeline.media.encode import VideoFormat, encoder
from pipeline.media.progress import OnProgress
from pipeline.media.stream_copy import lost_in
from pipeline.runtime.atomic_files import scratch
from pipeline.runtime.logs import log

MIN_SEGMENT_SECONDS = 10
"""Each segment begins with a key frame, and takes a moment to start."""
CORES_PER_SEGMENT = 4
"""An encoder keeps so many busy before waiting for the one thread that draws for it."""


def render(
    annotated: AnnotatedVideo,
    target: Path,
    codec: Codec,
    segments: int | None,
    on_progress: OnProgress,
    min_segment_seconds: float = MIN_SEGMENT_SECONDS,
) -> None:
    """Write ``target`` as mp4 with everything that the video holds beside its pictures.

    So many ``segments`` are encoded at once, or as many as suit the machine, though none so
    short that it would not pay. Their seams cannot be seen.
    """
    video = annotated.video
    count = segments or max(1, (os.cpu_count() or 1) // CORES_PER_SEGMENT)
    count = max(1, min(count, int(video.duration / Fraction(min_segment_seconds))))
    if count == 1:
        _encode(annotated, target, codec, on_progress)
    else:
        with scratch(target, count) as parts:
            join(
                _encode_segments(annotated, parts, codec, on_progress),
                target,
                rate=annotated.rate or video.held_rate,
                codec=codec.name,
                source=video,
            )
    if lost := lost_in(target, video):
        log.warning("%s cannot be decoded, and is left out", ", ".join(lost))


def _encode_segments(
    annotated: AnnotatedVideo, parts: list[Path], codec: Codec, on_progress: OnProgress
) -> list[Path]:
    """Encode equally long segments at once; return those that have any pictures."""
    duration = annotated.video.duration
    starts = [duration * number / len(parts) for number in range(len(parts))]
    ends = [*starts[1:], None]
    stop, lock = threading.Event(), threading.Lock()

    def report(amount: int) -> None:
        with lock:
            on_progress(amount)

    def encode(part: Path, since: Fraction, until: Fraction | None) -> bool:
        return _encode(annotated, part, codec, report, _Segment(since, until, stop))

    with ThreadPoolExecutor(len(parts)) as pool:
        futures = [pool.submit(encode, *each) for each in zip(parts, starts, ends, strict=True)]
        try:
            wait(futures, return_when=FIRST_EXCEPTION)
        finally:
            stop.set()  # has no effect on those that have ended
    for error in (future.exception() for future in futures):
        if error is not None and not isinstance(error, CancelledError):
            raise error
    return [part for part, future in zip(parts, futures, strict=True) if future.result()]


@dataclass(frozen=True)
class _Segment:
    """A part of the video that is encoded by itself, and as pictures only."""

    since: Fraction
    until: Fraction | None
    stop: threading.Event
    """Set when another segment has failed."""


def _encode(
    annotated: AnnotatedVideo,
    target: Path,
    codec: Codec,
    on_progress: OnProgress,
    segment: _Segment | None = None,
) -> bool:
    """Write the whole or a segment; False, and no file, if that has no pictures."""
    since, until = (segment.since, segment.until) if segment else (Fraction(0), None)
    pictures = annotated.pictures(since, until)
    first = next(pictures, None)
    if first is None:
        return False
    video = annotated.video
    with (
        closing(pictures),
        encoder(
            target,
            VideoFormat(
                size=annotated.size,
                rate=annotated.rate or video.held_rate,
                unit=annotated.unit,
                codec=codec,
                container="nut" if segment else "mp4",
                sample_aspect=video.sample_aspect,
                color=annotated.color,
            ),
            source=None if segment else video,
            on_progress=on_progress,
        ) as sink,
    ):
        for pts, planes in chain([first], pictures):
            if segment and segment.stop.is_set():
                raise CancelledError
            sink.write(planes, pts)
    return True
