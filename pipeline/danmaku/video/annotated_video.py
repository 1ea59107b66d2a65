"""A video with comments drawn over it, as pictures one after another."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from pipeline.danmaku.drawing.comment import Layer
from pipeline.danmaku.drawing.compositing import Planes
from pipeline.danmaku.drawing.layout import Layout
from pipeline.danmaku.drawing.legend import Entry, Legend, draw_line
from pipeline.danmaku.drawing.overlay import Overlay
from pipeline.lettering.colors import Rgb
from pipeline.lettering.glyphs import Typeface
from pipeline.media.color_space import space_of
from pipeline.media.colors import Color, shown_color
from pipeline.media.held import held_times
from pipeline.media.pixels import Yuv420
from pipeline.media.video_file import VideoFile


class _Bare(NamedTuple):
    """A picture of the result before anything is drawn on it."""

    time: Fraction
    """Seconds from the file's start."""
    planes: Yuv420
    reused: bool
    """Whether the buffer is yielded again: draw on a copy."""


@dataclass(frozen=True)
class AnnotatedVideo:
    """A video and what is drawn over it."""

    video: VideoFile
    layouts: Sequence[Layout]
    """At least one; several for as many copies of the video side by side."""
    rate: Fraction | None = None
    """Pictures a second of the result; None keeps those of the video, each at its own time."""
    marks: Mapping[Layer, Rgb] = field(default_factory=dict)
    """Colours for all comments of some layers, in place of their own."""
    legends: Sequence[Sequence[Entry]] = ()
    """Words in the corner of each layout's picture; empty for no words anywhere."""
    target_color: Color | None = None
    """Colours of the result; None: eight bits and standard range, which any screen shows."""

    @property
    def color(self) -> Color:
        """Colours of the result."""
        return self.target_color or shown_color(self.video)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the result, both even."""
        width, height = self.video.even_size
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
        """Yield pts, in ``unit``, and planes of ``size``; the next picture overwrites them.

        They are uint8, or uint16 where ``color`` has ten bits. Only what comes of the video's
        pictures from ``since`` on and before ``until`` is yielded, so that parts that are
        rendered apart make the whole. The last picture is held to the end of the sound.
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
        width, height = video.even_size
        dtype: type[np.unsignedinteger[Any]] = np.uint8 if self.color.bits == 8 else np.uint16
        canvas = np.empty((height * 3 // 2, width * len(overlays)), dtype)
        for time, bare, reused in self._bare(since, until):
            # A picture that is needed once is drawn upon where it lies.
            target = bare
            if reused or len(overlays) > 1:
                target = canvas
                _copy(bare, canvas, len(overlays))
            planes = Planes.yuv(target)
            parts = [planes.columns(x, x + width) for x in range(0, target.shape[1], width)]
            # Comments lie over legends, as they do over everything else in the player.
            for legend, part in zip(legends, parts, strict=False):
                legend.draw(part)
            for overlay, part in zip(overlays, parts, strict=True):
                overlay.draw(part, time)
            for x in range(width, target.shape[1], width) if legends else ():
                draw_line(planes, x, space)
            yield int(time / self.unit), target

    def _bare(self, since: Fraction, until: Fraction | None) -> Iterator[_Bare]:
        if self.rate is not None:
            yield from self._at_rate(self.rate, since, until)
            return
        if since < self.video.pictures_end:
            for picture in self.video.planar_pictures(since, until, self.color):
                yield _Bare(picture.time, picture.planes, reused=False)
        yield from self._held(since, until)

    def _at_rate(self, rate: Fraction, since: Fraction, until: Fraction | None) -> Iterator[_Bare]:
        """Each picture of the video as often as ``rate`` has ticks until the next one comes."""
        shown: Yuv420 | None = None
        begin = Fraction(0)
        with closing(self.video.planar_pictures(since, None, self.color)) as pictures:
            for picture in pictures:
                if shown is not None:
                    yield from _ticks(rate, begin, picture.time, shown)
                if until is not None and picture.time >= until:
                    return
                # The video's very first picture also fills the time before it.
                begin = picture.time if since or shown is not None else begin
                if shown is None:
                    shown = np.empty_like(picture.planes)
                shown[:] = picture.planes
        if shown is not None:
            yield from _ticks(rate, begin, max(self.video.duration, begin), shown)

    def _held(self, since: Fraction, until: Fraction | None) -> Iterator[_Bare]:
        """The last picture again and again, where sound goes on behind it."""
        video = self.video
        if video.duration == video.pictures_end or (
            until is not None and until <= video.pictures_end
        ):
            return
        last = video.last_picture(self.color)
        for time in held_times(video, last.time, since, until):
            yield _Bare(time, last.planes, reused=True)


def _ticks(rate: Fraction, begin: Fraction, end: Fraction, planes: Yuv420) -> Iterator[_Bare]:
    for tick in range(math.ceil(begin * rate), math.ceil(end * rate)):
        yield _Bare(tick / rate, planes, reused=True)


def _copy(picture: Yuv420, canvas: Yuv420, copies: int) -> None:
    """Put copies of ``picture`` side by side."""
    source, target = Planes.yuv(picture), Planes.yuv(canvas)
    width = picture.shape[1]
    for number in range(copies):
        part = target.columns(number * width, (number + 1) * width)
        part.full[...], part.half[...] = source.full, source.half
