"""Annotated pictures: those of a video with comments drawn at their times, or comments alone."""

from __future__ import annotations

import itertools
import logging
import math
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from pipeline.danmaku.drawing.colors import GBRA, space_of
from pipeline.danmaku.drawing.comment import Layer, ScreenComment
from pipeline.danmaku.drawing.compositing import Planes
from pipeline.danmaku.drawing.crowding import examine
from pipeline.danmaku.drawing.glyphs import Typeface
from pipeline.danmaku.drawing.layout import Layout, lay_out
from pipeline.danmaku.drawing.legend import Entry, Legend, draw_line
from pipeline.danmaku.drawing.overlay import Overlay
from pipeline.danmaku.drawing.screen import screen_of
from pipeline.danmaku.drawing.settings import LayoutSettings
from pipeline.danmaku.drawing.style import Rgb
from pipeline.media.colors import Color, shown_color
from pipeline.media.decode import even_size, last_picture, planar_pictures
from pipeline.media.pixels import Yuv420
from pipeline.media.probe import VideoInfo
from pipeline.runtime.arrays import UInt8s

log = logging.getLogger("yajiuma")


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
    legends: Sequence[Sequence[Entry]] = ()
    """What is written in the corner of each layout's picture; none for nothing."""
    kept: Color | None = None
    """In which pictures are drawn upon; None: that in which everyone can look at them."""

    @property
    def color(self) -> Color:
        """In which the result is."""
        return self.kept or shown_color(self.video)

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
        video = self.video
        if self.rate is not None:
            return max(1, math.ceil(video.duration * self.rate))
        held = (video.duration - video.pictures_end) * video.held_rate
        return max(1, math.ceil(video.pictures_end * video.rate) + math.floor(held))

    def pictures(
        self, since: Fraction = Fraction(0), until: Fraction | None = None
    ) -> Generator[tuple[int, Yuv420]]:
        """Yield pts, in ``unit``, and planes (height · 3 / 2, width), to be used at once.

        They are uint8, or uint16 where ``color`` has ten bits.
        Only those that come of the video's pictures from ``since`` on and before ``until``:
        parts that are rendered apart make the whole. The last picture is held to the end of the
        sound.
        """
        video = self.video
        space, typeface = space_of(self.color), Typeface()
        overlays = [
            Overlay(layout, typeface, video.height, video.sample_aspect, space, self.marks)
            for layout in self.layouts
        ]
        legends = [
            Legend(entries, typeface, video.height, video.sample_aspect, space)
            for entries in self.legends
        ]
        width, height = even_size(video)
        kind: type[np.unsignedinteger[Any]] = np.uint8 if self.color.bits == 8 else np.uint16
        canvas = np.empty((height * 3 // 2, width * len(overlays)), kind)
        for time, picture, again in self._bare(since, until):
            target = picture
            if again or len(overlays) > 1:
                target = canvas
                _copy(picture, canvas, len(overlays))
            planes = Planes.yuv(target)
            parts = [planes.columns(x, x + width) for x in range(0, target.shape[1], width)]
            for legend, part in zip(legends, parts, strict=False):
                legend.draw(part)
            for overlay, part in zip(overlays, parts, strict=False):
                overlay.draw(part, time)
            for x in range(width, target.shape[1], width) if legends else ():
                draw_line(planes, x, space)
            yield int(time / self.unit), target

    def _bare(
        self, since: Fraction, until: Fraction | None
    ) -> Iterator[tuple[Fraction, Yuv420, bool]]:
        """Times and pictures, and whether a picture comes again and so must not be drawn upon."""
        if self.rate is None:
            if since < self.video.pictures_end:
                for picture in planar_pictures(self.video, since, until, self.color):
                    yield picture.time, picture.planes, False
            yield from self._held(since, until)
            return
        held: Yuv420 | None = None
        begins = Fraction(0)
        with closing(planar_pictures(self.video, since, None, self.color)) as pictures:
            for picture in pictures:
                if held is not None:
                    yield from self._ticks(begins, picture.time, held)
                if until is not None and picture.time >= until:
                    return
                # The very first one is there from the start.
                begins = picture.time if since or held is not None else begins
                if held is None:
                    held = np.empty_like(picture.planes)
                held[:] = picture.planes
        if held is not None:
            yield from self._ticks(begins, max(self.video.duration, begins), held)

    def _held(
        self, since: Fraction, until: Fraction | None
    ) -> Iterator[tuple[Fraction, Yuv420, bool]]:
        """The last picture again and again, where sound goes on behind it."""
        video = self.video
        ends = video.duration if until is None else min(until, video.duration)
        if video.duration == video.pictures_end or ends <= video.pictures_end:
            return
        last = last_picture(video, self.color)
        first = max(1, math.ceil((since - last.time) * video.held_rate))
        earlier = last.time
        for tick in itertools.count(first):
            # In whole units, as all times of the video are.
            exact = last.time + tick / video.held_rate
            time = exact // video.time_unit * video.time_unit
            if time >= ends:
                return
            if time > earlier and time >= since:
                yield time, last.planes, True
            earlier = time

    def _ticks(
        self, begins: Fraction, ends: Fraction, picture: Yuv420
    ) -> Iterator[tuple[Fraction, Yuv420, bool]]:
        assert self.rate is not None
        for tick in range(math.ceil(begins * self.rate), math.ceil(ends * self.rate)):
            yield tick / self.rate, picture, True


def _copy(picture: Yuv420, canvas: Yuv420, copies: int) -> None:
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
) -> Iterator[UInt8s]:
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


def _unmultiply(planes: UInt8s) -> None:
    """Divide colours by alpha in place, where that is neither 0 nor 255."""
    alpha = planes[3].reshape(-1)
    partly = np.flatnonzero((alpha != 0) & (alpha != 255))
    share = alpha[partly].astype(np.uint16)
    for plane in planes[:3]:
        values = plane.reshape(-1)
        straight = (values[partly] * np.uint16(255) + share // 2) // share
        values[partly] = np.minimum(straight, 255)
