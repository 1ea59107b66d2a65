"""Comments alone, on a transparent ground."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from pipeline.danmaku.drawing.compositing import Planes
from pipeline.danmaku.drawing.layout import Layout
from pipeline.danmaku.drawing.overlay import Overlay
from pipeline.lettering.glyphs import Typeface
from pipeline.media.color_space import GBRA
from pipeline.media.video_file import VideoFile
from pipeline.runtime.arrays import UInt8s


def transparent_pictures(
    layout: Layout, video: VideoFile, rate: Fraction, count: int
) -> Iterator[UInt8s]:
    """Yield ``count`` pictures of comments, ``rate`` a second, as large as those of ``video``.

    They are (4, height, width): green, blue, red and alpha, and the next one overwrites them.
    Alpha is straight, as ProRes and VP9 have it: colours are not multiplied by it.
    """
    width, height = video.even_size
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
    """Make premultiplied colours straight, in place: divide them by alpha, 0–255."""
    alpha = planes[3].reshape(-1)
    # Where alpha is 0 there is no colour, and where it is 255 both are the same.
    partly = np.flatnonzero((alpha != 0) & (alpha != 255))
    divisor = alpha[partly].astype(np.uint16)
    for plane in planes[:3]:
        values = plane.reshape(-1)
        straight = (values[partly] * np.uint16(255) + divisor // 2) // divisor
        values[partly] = np.minimum(straight, 255)
