"""Annotated pictures: those of a video, with comments drawn at their times, and encoded."""

from __future__ import annotations

import logging
import math
import os
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, CancelledError, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline.artifacts.publishing import scratch
from pipeline.drawing.colors import GBRA, yuv
from pipeline.drawing.comment import Layer, ScreenComment
from pipeline.drawing.compositing import Planes
from pipeline.drawing.crowding import examine
from pipeline.drawing.glyphs import Typeface
from pipeline.drawing.layout import Layout, lay_out
from pipeline.drawing.overlay import Overlay
from pipeline.drawing.screen import screen_of
from pipeline.drawing.settings import LayoutSettings
from pipeline.drawing.style import Rgb
from pipeline.media.codecs import Codec
from pipeline.media.colors import color_of
from pipeline.media.decode import even_size, planar_pictures
from pipeline.media.encode import encoder
from pipeline.media.joining import join
from pipeline.media.probe import VideoInfo

log = logging.getLogger("yajiuma")

Picture = npt.NDArray[np.uint8]
Told = Callable[[int], object]
"""Takes how many more pictures are done."""

SHORTEST_SEGMENT = 10  # seconds; each begins with a key frame, and takes a moment to start
CORES_PER_SEGMENT = 4
"""An encoder keeps so many busy before waiting for the one thread that draws for it."""


@dataclass(frozen=True)
class Scene:
    """A video and what is drawn over it."""

    video: VideoInfo
    layouts: Sequence[Layout]
    """One, or two for two copies of the video side by side."""
    rate: Fraction | None = None
    """Pictures a second of the result; None keeps those of the video, each at its own time."""
    marks: Mapping[Layer, Rgb] = field(default_factory=dict)
    """Colours for all comments of some layers, in place of their own."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the result, both even."""
        width, height = even_size(self.video)
        return width * len(self.layouts), height

    @property
    def unit(self) -> Fraction:
        """Seconds in one unit of the result's times."""
        return self.video.time_unit if self.rate is None else 1 / self.rate

    @property
    def count(self) -> int:
        """How many pictures are expected."""
        rate = self.rate or self.video.rate
        return max(1, math.ceil(self.video.duration * rate))

    def pictures(
        self, since: Fraction = Fraction(0), until: Fraction | None = None
    ) -> Generator[tuple[int, Picture]]:
        """Yield pts, in ``unit``, and planes (height · 3 / 2, width), to be used at once.

        Only those that come of the video's pictures from ``since`` on and before ``until``:
        parts that are rendered apart make the whole.
        """
        video = self.video
        space, typeface = yuv(video.color_matrix, video.full_range), Typeface()
        overlays = [
            Overlay(layout, typeface, video.height, video.sample_aspect, space, self.marks)
            for layout in self.layouts
        ]
        width, height = even_size(video)
        canvas = np.empty((height * 3 // 2, width * len(overlays)), np.uint8)
        for time, picture, again in self._bare(since, until):
            target = picture
            if again or len(overlays) > 1:
                target = canvas
                _copy(picture, canvas, len(overlays))
            planes = Planes.yuv(target)
            for number, overlay in enumerate(overlays):
                overlay.draw(planes.columns(number * width, (number + 1) * width), time)
            yield int(time / self.unit), target

    def _bare(
        self, since: Fraction, until: Fraction | None
    ) -> Iterator[tuple[Fraction, Picture, bool]]:
        """Times and pictures, and whether a picture comes again and so must not be drawn upon."""
        if self.rate is None:
            for picture in planar_pictures(self.video, since, until):
                yield picture.time, picture.planes, False
            return
        begins = since
        held: Picture | None = None
        with closing(planar_pictures(self.video, since)) as pictures:
            for picture in pictures:
                if held is None:
                    held = picture.planes.copy()
                    begins = picture.time if since else Fraction(0)
                    continue
                yield from self._ticks(begins, picture.time, held)
                begins = picture.time
                if until is not None and begins >= until:
                    return
                held[:] = picture.planes
        if held is not None:
            yield from self._ticks(begins, max(self.video.duration, begins), held)

    def _ticks(
        self, begins: Fraction, ends: Fraction, picture: Picture
    ) -> Iterator[tuple[Fraction, Picture, bool]]:
        assert self.rate is not None
        for tick in range(math.ceil(begins * self.rate), math.ceil(ends * self.rate)):
            yield tick / self.rate, picture, True


def _copy(picture: Picture, canvas: Picture, copies: int) -> None:
    """Put copies of ``picture`` side by side."""
    source, target = Planes.yuv(picture), Planes.yuv(canvas)
    width = picture.shape[1]
    for number in range(copies):
        part = target.columns(number * width, (number + 1) * width)
        part.full[...], part.half[...] = source.full, source.half


def laid_out(
    comments: Sequence[ScreenComment], video: VideoInfo, settings: LayoutSettings
) -> Layout:
    """The layout of ``comments`` over ``video``; the log tells what it is like."""
    typeface = Typeface()
    layout = lay_out(comments, typeface.width, screen_of(video), settings)
    log.info("%s", examine(layout))
    if typeface.missing:
        missing = " ".join(sorted(typeface.missing))
        log.warning("no font has: %s; they are drawn as boxes", missing)
    return layout


def clear_pictures(
    layout: Layout, video: VideoInfo, rate: Fraction, count: int
) -> Iterator[Picture]:
    """Yield comments on nothing: (4, height, width) green, blue, red and alpha, to be used at once.

    Colours are straight, as ProRes and VP9 have them: not multiplied by alpha.
    """
    width, height = even_size(video)
    overlay = Overlay(layout, Typeface(), video.height, video.sample_aspect, GBRA)
    canvas = Planes(
        np.zeros((4, height, width), np.uint8), np.empty((0, height // 2, width // 2), np.uint8)
    )
    for number in range(count):
        canvas.full[:] = 0
        if overlay.draw(canvas, number / rate):
            _unmultiply(canvas.full)
        yield canvas.full


def _unmultiply(planes: Picture) -> None:
    """Divide colours by alpha in place, where that is neither 0 nor 255."""
    alpha = planes[3].reshape(-1)
    partly = np.flatnonzero((alpha != 0) & (alpha != 255))
    share = alpha[partly].astype(np.uint16)
    for plane in planes[:3]:
        values = plane.reshape(-1)
        straight = (values[partly] * np.uint16(255) + share // 2) // share
        values[partly] = np.minimum(straight, 255)


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
                rate=scene.rate or scene.video.rate,
                codec=codec.name,
                source=scene.video,
            )


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
    done = 0

    def tell(count: int) -> None:
        nonlocal done
        told(count - done)
        done = count

    video = scene.video
    with (
        closing(pictures),
        encoder(
            target,
            size=scene.size,
            rate=scene.rate or video.rate,
            unit=scene.unit,
            codec=codec,
            target_format="nut" if part else "mp4",
            sample_aspect=video.sample_aspect,
            color=color_of(video),
            source=None if part else video,
            encoded=tell,
        ) as sink,
    ):
        for pts, planes in chain([first], pictures):
            if part and part.stop.is_set():
                raise CancelledError
            sink.write(planes, pts)
    return True
