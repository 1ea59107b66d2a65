"""The street by day and by night, and the beach."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from pipeline.show.pen import Pen
from pipeline.show.places.scenery import Rgb, cloud, glow, gradient, house, mixed, star

_WALLS: tuple[Rgb, ...] = (
    *((255, 226, 190), (250, 206, 200), (206, 230, 214)),
    *((250, 240, 190), (214, 214, 244), (255, 250, 240)),
)
_ROOFS: tuple[Rgb, ...] = ((206, 92, 80), (96, 130, 176), (150, 110, 90), (90, 150, 120))
_NIGHT: Rgb = (28, 30, 70)
_LAMPLIGHT: Rgb = (255, 224, 130)
_GLASS: Rgb = (150, 206, 240)


def draw_street(pen: Pen, width: float, rng: np.random.Generator) -> None:
    """Houses, trees and a zebra crossing under a blue sky."""
    gradient(pen, width, 0.3, 1, (214, 240, 255), (96, 178, 246))
    sun = rng.uniform(0.15, width - 0.15)
    glow(pen, sun, 0.9, 0.22, (255, 250, 210))
    pen.disc(sun, 0.9, 0.06, fill=(255, 246, 190))
    for _ in range(3):
        cloud(pen, rng.uniform(0, width), rng.uniform(0.76, 0.94), rng.uniform(0.07, 0.12), "white")
    _row_of_houses(pen, width, rng, night=False)
    for _ in range(3):
        _tree(pen, rng.uniform(0, width), rng.uniform(0.13, 0.2), (96, 180, 96))
    _road(pen, width, (206, 200, 196), (150, 150, 158), (250, 250, 250))


def draw_night_street(pen: Pen, width: float, rng: np.random.Generator) -> None:
    """The same houses, dark but for some windows, under moon and stars."""
    gradient(pen, width, 0.3, 1, (92, 82, 150), (20, 22, 62))
    for _ in range(36):
        x, y = rng.uniform(0, width), rng.uniform(0.6, 1)
        star(pen, x, y, rng.uniform(0.004, 0.012), (255, 246, 200))
    moon = rng.uniform(0.2, width - 0.2)
    glow(pen, moon, 0.86, 0.24, (200, 200, 255))
    pen.disc(moon, 0.86, 0.075, fill=(255, 244, 190))
    for dx, dy, radius in ((-0.02, 0.02, 0.016), (0.03, -0.01, 0.011), (-0.01, -0.035, 0.009)):
        pen.disc(moon + dx, 0.86 + dy, radius, fill=(240, 222, 160))
    _row_of_houses(pen, width, rng, night=True)
    for _ in range(2):
        _tree(pen, rng.uniform(0, width), rng.uniform(0.13, 0.2), (40, 70, 90))
    _road(pen, width, (86, 84, 120), (56, 56, 92), (150, 150, 190))
    for x in (rng.uniform(0.1, 0.5), width - rng.uniform(0.1, 0.5)):
        pen.slab(x - 0.009, 0.26, x + 0.009, 0.74, fill=(30, 30, 50))
        glow(pen, x, 0.74, 0.17, _LAMPLIGHT)
        pen.disc(x, 0.74, 0.03, fill=(255, 246, 200))


def draw_beach(pen: Pen, width: float, rng: np.random.Generator) -> None:
    """Sea, sand, a palm, a parasol and a far sail."""
    gradient(pen, width, 0.52, 1, (255, 240, 214), (80, 186, 240))
    for _ in range(2):
        cloud(pen, rng.uniform(0, width), rng.uniform(0.8, 0.92), rng.uniform(0.08, 0.14), "white")
    gradient(pen, width, 0.3, 0.54, (120, 226, 226), (36, 130, 206))
    for _ in range(26):
        x, y = rng.uniform(0, width), rng.uniform(0.36, 0.52)
        pen.slab(x, y, x + rng.uniform(0.03, 0.1), y + 0.006, 0.003, fill=(196, 240, 250))
    sail = rng.uniform(0.3, width - 0.3)
    pen.shape([(sail, 0.55), (sail, 0.68), (sail + 0.08, 0.56)], fill="white")
    pen.shape(
        [(sail - 0.06, 0.54), (sail + 0.1, 0.54), (sail + 0.07, 0.515), (sail - 0.03, 0.515)],
        fill=(226, 90, 80),
    )
    gradient(pen, width, 0, 0.31, (250, 224, 160), (255, 240, 196))
    for step in range(24):
        x = width * step / 23
        pen.disc(x, 0.315 + 0.008 * (step % 2), 0.06, 0.016, fill=(240, 252, 255))
    for _ in range(40):
        pen.disc(rng.uniform(0, width), rng.uniform(0, 0.27), 0.004, 0.003, fill=(226, 190, 120))
    _parasol(pen, rng.uniform(0.62, 0.9), rng)
    _palm(pen, width - rng.uniform(0.1, 0.25))
    star(pen, rng.uniform(0.1, width - 0.1), 0.05, 0.025, (255, 140, 110))


def _row_of_houses(pen: Pen, width: float, rng: np.random.Generator, *, night: bool) -> None:
    hills = (52, 52, 104) if night else (150, 206, 160)
    for x in np.arange(0, width + 0.4, 0.4):
        pen.disc(float(x), 0.3, 0.34, rng.uniform(0.18, 0.3), fill=hills)
    x = rng.uniform(-0.15, 0.05)
    while x < width:
        across = rng.uniform(0.3, 0.46)
        wall, roof = _WALLS[rng.integers(len(_WALLS))], _ROOFS[rng.integers(len(_ROOFS))]
        panes = [_GLASS] * 2
        if night:
            wall, roof = mixed(wall, _NIGHT, 0.66), mixed(roof, _NIGHT, 0.7)
            panes = [_LAMPLIGHT if rng.random() < 0.6 else (50, 54, 96) for _ in panes]
        house(pen, x, across, wall, roof, panes, rng.uniform(0.22, 0.34))
        x += across + rng.uniform(0.05, 0.14)


def _tree(pen: Pen, x: float, size: float, leaf: Rgb) -> None:
    pen.slab(x - size * 0.1, 0.28, x + size * 0.1, 0.28 + size, fill=mixed(leaf, (90, 50, 30), 0.7))
    for dx, dy, radius in ((0, 1.3, 0.55), (-0.4, 0.95, 0.42), (0.4, 0.95, 0.42)):
        pen.disc(x + dx * size, 0.28 + dy * size, radius * size, fill=leaf)
    light = mixed(leaf, (255, 255, 200), 0.25)
    pen.disc(x - 0.15 * size, 0.28 + 1.45 * size, 0.2 * size, fill=light)


def _road(pen: Pen, width: float, pavement: Rgb, road: Rgb, marks: Rgb) -> None:
    pen.slab(0, 0.22, width, 0.3, fill=pavement)
    for x in np.arange(0, width, 0.12):
        pen.line([(float(x), 0.22), (float(x) + 0.02, 0.3)], 0.004, fill=mixed(pavement, road, 0.5))
    pen.slab(0, 0.205, width, 0.225, fill=mixed(pavement, marks, 0.5))
    gradient(pen, width, 0, 0.205, road, mixed(road, pavement, 0.3))
    for x in np.arange(0.05, width, 0.4):
        left = float(x)
        corners = [(left, 0.03), (left + 0.2, 0.03), (left + 0.19, 0.055), (left + 0.01, 0.055)]
        pen.shape(corners, fill=marks)


def _parasol(pen: Pen, x: float, rng: np.random.Generator) -> None:
    color = ((240, 90, 90), (90, 150, 240), (250, 180, 60))[rng.integers(3)]
    pen.line([(x, 0.2), (x, 0.66)], 0.014, fill=(250, 250, 250))
    rim = [x - 0.26 * float(np.cos(turn)) for turn in np.linspace(0, np.pi, 8)]
    for number, (left, right) in enumerate(pairwise(rim)):
        cloth = "white" if number % 2 else color
        pen.disc((left + right) / 2, 0.56, (right - left) / 2, 0.02, fill=cloth)
        pen.shape([(x, 0.7), (left, 0.56), (right, 0.56)], fill=cloth)
    pen.disc(x, 0.7, 0.012, fill=color)


def _palm(pen: Pen, x: float) -> None:
    pen.tube([(x, 0.22), (x + 0.06, 0.5), (x - 0.05, 0.8)], 0.05, fill=(170, 116, 70), end=0.7)
    crown = (x - 0.04, 0.8)
    for dx, dy in ((-0.3, -0.06), (-0.24, 0.12), (0.02, 0.16), (0.24, 0.1), (0.3, -0.08)):
        bend = (crown[0] + dx * 0.6, crown[1] + dy + 0.1)
        tip = (crown[0] + dx, crown[1] + dy - 0.06)
        pen.tube([crown, bend, tip], 0.06, fill=(70, 170, 90), end=0.2)
    for dx in (-0.03, 0.03):
        pen.disc(crown[0] + dx, crown[1] - 0.02, 0.026, fill=(120, 76, 44))
