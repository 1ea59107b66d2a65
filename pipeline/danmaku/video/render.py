"""Annotated videos: the pictures of a scene encoded, in parts at once where that is faster."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, CancelledError, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path

from pipeline.danmaku.video.annotated_pictures import Scene
from pipeline.media.codecs import Codec
from pipeline.media.concat import join
from pipeline.media.encode import encoder
from pipeline.media.stream_copy import lost_in
from pipeline.runtime.atomic_files import scratch

log = logging.getLogger("yajiuma")

Told = Callable[[int], object]
"""Takes how many more pictures are done."""

SHORTEST_SEGMENT = 10  # seconds; each begins with a key frame, and takes a moment to start
CORES_PER_SEGMENT = 4
"""An encoder keeps so many busy before waiting for the one thread that draws for it."""


def render(scene: Scene, target: Path, codec: Codec, segments: int | None, told: Told) -> None:
    """Write ``target`` as mp4 with all that the video holds beside its pictures.

    In so many ``segments`` at once, or as many as suit the machine, though none so short that
    it would not pay; their seams cannot be seen.
    """
    count = segments or max(1, (os.cpu_count() or 1) // CORES_PER_SEGMENT)
    count = max(1, min(count, int(scene.video.duration / SHORTEST_SEGMENT)))
    if count == 1:
        _encode(scene, target, codec, told)
    else:
        with scratch(target, count) as parts:
            join(
                _encoded_apart(scene, parts, codec, told),
                target,
                rate=scene.rate or scene.video.held_rate,
                codec=codec.name,
                source=scene.video,
            )
    if lost := lost_in(target, scene.video):
        log.warning("%s cannot be decoded, and is left out", ", ".join(lost))


def _encoded_apart(scene: Scene, parts: list[Path], codec: Codec, told: Told) -> list[Path]:
    """Encode equally long parts of the video at once; return those that have any pictures."""
    bounds = [scene.video.duration * number / len(parts) for number in range(len(parts))]
    ends = [*bounds[1:], None]
    stop, lock = threading.Event(), threading.Lock()

    def tell(amount: int) -> None:
        with lock:
            told(amount)

    def work(part: Path, since: Fraction, until: Fraction | None) -> bool:
        return _encode(scene, part, codec, tell, _Part(since, until, stop))

    with ThreadPoolExecutor(len(parts)) as pool:
        under_way = [pool.submit(work, *part) for part in zip(parts, bounds, ends, strict=True)]
        try:
            wait(under_way, return_when=FIRST_EXCEPTION)
        finally:
            stop.set()  # of no matter to those that have come to their end
    for fault in (future.exception() for future in under_way):
        if fault is not None and not isinstance(fault, CancelledError):
            raise fault
    return [part for part, future in zip(parts, under_way, strict=True) if future.result()]


@dataclass(frozen=True)
class _Part:
    """What is encoded for itself, as nothing but pictures."""

    since: Fraction
    until: Fraction | None
    stop: threading.Event
    """Set when another part has failed."""


def _encode(
    scene: Scene, target: Path, codec: Codec, told: Told, part: _Part | None = None
) -> bool:
    """Write the whole or a part; False, and nothing, if that has no pictures."""
    pictures = scene.pictures(part.since, part.until) if part else scene.pictures()
    first = next(pictures, None)
    if first is None:
        return False
    video = scene.video
    with (
        closing(pictures),
        encoder(
            target,
            size=scene.size,
            rate=scene.rate or video.held_rate,
            unit=scene.unit,
            codec=codec,
            target_format="nut" if part else "mp4",
            sample_aspect=video.sample_aspect,
            color=scene.color,
            source=None if part else video,
            encoded=told,
        ) as sink,
    ):
        for pts, planes in chain([first], pictures):
            if part and part.stop.is_set():
                raise CancelledError
            sink.write(planes, pts)
    return True
