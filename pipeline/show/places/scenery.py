"""Elements that several places share: gradients, clouds, stars, houses, windows, planks.

Units are heights of the picture from its lower left corner; ``width`` is in them too.
"""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

from pipeline.show.pen import Color, Pen

Rgb = tuple[int, int, int]


def gradient(pen: Pen, width: float, bottom: float, top: float, lower: Rgb, upper: Rgb) -> None:
    """Fill from ``bottom`` to ``top`` with a gradient of colours."""
    left, high = (round(edge) for edge in pen.at(0, top))
    right, low = (round(edge) for edge in pen.at(width, bottom))
    share = np.linspace(0, 1, max(low - high, 1))[:, None]
    column = np.array(upper) * (1 - share) + np.array(lower) * share
    strip = Image.fromarray(column.round().astype(np.uint8)[:, None])
    pen.canvas.paste(strip.resize((right - left, strip.height)), (left, high))


def glow(pen: Pen, x: float, y: float, radius: float, color: Rgb) -> None:
    """Light around (x, y) that fades out."""
    side = 2 * max(round(radius * pen.canvas.height), 1)
    ramp = np.linspace(-1, 1, side)
    away = np.sqrt(ramp[:, None] ** 2 + ramp**2)
    strength = np.clip(1 - away, 0, 1) ** 1.5 * 200
    corner = tuple(round(edge) - side // 2 for edge in pen.at(x, y))
    light = Image.new("RGB", (side, side), color)
    pen.canvas.paste(light, (corner[0], corner[1]), Image.fromarray(strength.astype(np.uint8)))


def mixed(first: Rgb, second: Rgb, share: float) -> Rgb:
    """The mixture of two colours with a ``share`` of the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def cloud(pen: Pen, x: float, y: float, size: float, fill: Color) -> None:
    """A fair-weather cloud, ``size`` high."""
    for dx, dy, radius in (
        (-0.8, 0.0, 0.4),
        (-0.2, 0.15, 0.6),
        (0.5, 0.05, 0.5),
        (1.0, -0.05, 0.3),
    ):
        pen.disc(x + dx * size, y + dy * size, radius * size * 1.1, radius * size * 0.8, fill=fill)


def star(pen: Pen, x: float, y: float, size: float, fill: Color) -> None:
    """A five-pointed star."""
    points = []
    for corner in range(10):
        angle, radius = math.pi * corner / 5 + math.pi / 2, size * (0.45 if corner % 2 else 1)
        points.append((x + radius * math.cos(angle), y + radius * math.sin(angle)))
    pen.shape(points, fill=fill)


def house(
    pen: Pen, x: float, width: float, wall: Rgb, roof: Rgb, panes: list[Rgb], height: float
) -> None:
    """A house on the ground line 0.3 with a gable and a pane of each colour."""
    base = 0.3
    top = base + height
    pen.slab(x, base, x + width, top, fill=wall)
    pen.slab(x, base, x + width, base + 0.035, fill=mixed(wall, (90, 80, 80), 0.35))
    pen.shape([(x - 0.03, top), (x + width / 2, top + 0.14), (x + width + 0.03, top)], fill=roof)
    gap = width / len(panes)
    for number, pane in enumerate(panes):
        middle = x + gap * (number + 0.5)
        pen.slab(middle - 0.055, top - 0.17, middle + 0.055, top - 0.04, 0.01, fill="white")
        pen.slab(middle - 0.045, top - 0.16, middle + 0.045, top - 0.05, fill=pane)
        pen.line([(middle, top - 0.16), (middle, top - 0.05)], 0.01, fill="white")
    middle = x + width / 2
    pen.slab(middle - 0.05, base, middle + 0.05, base + 0.17, 0.02, fill=mixed(roof, wall, 0.2))
    pen.disc(middle + 0.03, base + 0.08, 0.008, fill=(255, 230, 140))


def planks(pen: Pen, width: float, top: float, color: Rgb) -> None:
    """A wooden floor seen from the front, up to ``top``."""
    gradient(pen, width, 0, top, color, mixed(color, (70, 40, 20), 0.22))
    seam = mixed(color, (70, 40, 20), 0.35)
    for number in range(-8, 17):
        foot = width * (0.5 + (number - 4) * 0.16)
        pen.line([(foot, 0), (width / 2 + (foot - width / 2) * 0.55, top)], 0.004, fill=seam)


def window(pen: Pen, x: float, y: float, width: float, height: float, sky: Rgb) -> None:
    """A window with a white frame, its lower left corner at (x, y)."""
    pen.slab(x - 0.02, y - 0.02, x + width + 0.02, y + height + 0.02, 0.01, fill=(250, 246, 236))
    pen.slab(x, y, x + width, y + height, fill=sky)
    cloud(pen, x + width * 0.45, y + height * 0.55, 0.09, mixed(sky, (255, 255, 255), 0.7))
    middle = x + width / 2
    pen.slab(middle - 0.008, y, middle + 0.008, y + height, fill=(250, 246, 236))
    pen.slab(x, y + height / 2 - 0.008, x + width, y + height / 2 + 0.008, fill=(250, 246, 236))
