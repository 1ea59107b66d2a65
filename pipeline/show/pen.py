"""Antialiased shapes in any unit: drawn with Pillow at several times the size, then reduced."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFont

from pipeline.runtime.paths import JAPANESE_FONT

Point = tuple[float, float]
Color = tuple[int, int, int] | tuple[int, int, int, int] | str

OVERSAMPLING = 2
"""Pixels drawn along each side of a pixel of the result."""


class Pen:
    """Draws on ``canvas``; ``unit`` pixels make one unit, y grows upwards from ``origin``."""

    def __init__(self, canvas: Image.Image, origin: Point, unit: Point) -> None:
        self.canvas = canvas
        self._origin = origin
        self._unit = unit
        self._draw = ImageDraw.Draw(canvas)

    def at(self, x: float, y: float) -> Point:
        """Pixels of a point in units."""
        return self._origin[0] + x * self._unit[0], self._origin[1] - y * self._unit[1]

    def disc(self, x: float, y: float, rx: float, ry: float | None = None, *, fill: Color) -> None:
        """A filled ellipse around (x, y)."""
        ry = rx if ry is None else ry
        left, top = self.at(x - rx, y + ry)
        right, bottom = self.at(x + rx, y - ry)
        self._draw.ellipse((left, top, right, bottom), fill=fill)

    def shape(self, points: Iterable[Point], *, fill: Color) -> None:
        """A filled polygon."""
        self._draw.polygon([self.at(x, y) for x, y in points], fill=fill)

    def slab(
        self, x0: float, y0: float, x1: float, y1: float, corner: float = 0.0, *, fill: Color
    ) -> None:
        """A filled rectangle from (x0, y0) below left to (x1, y1), its corners rounded."""
        left, top = self.at(x0, y1)
        right, bottom = self.at(x1, y0)
        self._draw.rounded_rectangle(
            (left, top, right, bottom), radius=corner * self._unit[0], fill=fill
        )

    def tube(self, points: Iterable[Point], width: float, *, fill: Color, end: float = 1.0) -> None:
        """A round-ended stroke along a curve; it ends with ``end`` times its ``width``."""
        spine = _curve(list(points))
        for number, (x, y) in enumerate(spine):
            radius = width / 2 * (1 + (end - 1) * number / (len(spine) - 1))
            self.disc(x, y, radius, fill=fill)

    def bow(
        self, x: float, y: float, rx: float, ry: float, degrees: Point, width: float, *, fill: Color
    ) -> None:
        """Part of an ellipse's outline; degrees run clockwise from the right."""
        start, stop = (math.radians(angle) for angle in degrees)
        turns = [start + (stop - start) * step / 24 for step in range(25)]
        points = [(x + rx * math.cos(turn), y - ry * math.sin(turn)) for turn in turns]
        self._draw.line(
            [self.at(*point) for point in points],
            fill=fill,
            width=max(round(width * self._unit[0]), 1),
            joint="curve",
        )
        for end in (points[0], points[-1]):
            self.disc(*end, width / 2, fill=fill)

    def line(self, points: Iterable[Point], width: float, *, fill: Color) -> None:
        """A straight-edged stroke through ``points``."""
        self._draw.line(
            [self.at(x, y) for x, y in points],
            fill=fill,
            width=max(round(width * self._unit[0]), 1),
            joint="curve",
        )

    def text(
        self, x: float, y: float, words: str, height: float, *, fill: Color, edge: Color = ""
    ) -> None:
        """Words centred on (x, y); with ``edge``, outlined in that colour."""
        size = max(round(height * self._unit[1]), 4)
        self._draw.text(
            self.at(x, y),
            words,
            font=font(size),
            fill=fill,
            anchor="mm",
            stroke_width=size // 10 if edge else 0,
            stroke_fill=edge or None,
        )


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """IPAexGothic at ``size`` pixels."""
    return ImageFont.truetype(JAPANESE_FONT, size)


def _curve(points: list[Point], steps: int = 40) -> list[Point]:
    """Points along the Bézier curve with the control ``points``."""
    curve = []
    for step in range(steps + 1):
        level, share = points, step / steps
        while len(level) > 1:
            level = [
                (x0 + (x1 - x0) * share, y0 + (y1 - y0) * share)
                for (x0, y0), (x1, y1) in pairwise(level)
            ]
        curve.append(level[0])
    return curve
