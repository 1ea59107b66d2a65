"""The room and the classroom."""

from __future__ import annotations

import numpy as np

from pipeline.show.pen import Pen
from pipeline.show.places.scenery import Rgb, gradient, mixed, planks, star, window

_PAPERS: tuple[Rgb, ...] = ((255, 232, 214), (222, 238, 226), (232, 226, 246), (255, 244, 206))
_SPINES: tuple[Rgb, ...] = (
    *((226, 98, 90), (94, 150, 214), (250, 200, 90)),
    *((120, 190, 130), (176, 130, 200), (250, 246, 236)),
)
_LESSONS = ("ねこ = 12", "さかな", "E = mc²", "1 + 1 = ?", "おひるね")


def draw_room(pen: Pen, width: float, rng: np.random.Generator) -> None:
    """A living room: window, bookshelf, a picture, a lamp, a rug."""
    paper = _PAPERS[rng.integers(len(_PAPERS))]
    gradient(pen, width, 0.3, 1, paper, mixed(paper, (255, 255, 255), 0.3))
    dots = mixed(paper, (200, 140, 120), 0.22)
    for row, y in enumerate(np.arange(0.36, 1, 0.08)):
        for x in np.arange(0.04 * (row % 2), width, 0.08):
            pen.disc(float(x), float(y), 0.006, fill=dots)
    planks(pen, width, 0.3, (214, 160, 106))
    pen.slab(0, 0.29, width, 0.32, fill=(250, 244, 232))
    _curtained_window(pen, rng.uniform(0.12, 0.24), rng)
    _bookshelf(pen, width - rng.uniform(0.5, 0.62), rng)
    _painting(pen, width / 2 + rng.uniform(-0.1, 0.05), rng)
    rug = _SPINES[rng.integers(len(_SPINES))]
    pen.disc(width / 2, 0.11, 0.62, 0.1, fill=mixed(rug, (255, 255, 255), 0.35))
    pen.disc(width / 2, 0.11, 0.54, 0.08, fill=mixed(rug, (255, 255, 255), 0.6))


def draw_school(pen: Pen, width: float, rng: np.random.Generator) -> None:
    """A classroom: blackboard, clock, windows, a teacher's desk."""
    gradient(pen, width, 0.28, 1, (250, 244, 220), (255, 252, 240))
    planks(pen, width, 0.28, (198, 146, 92))
    pen.slab(0, 0.27, width, 0.3, fill=(170, 120, 76))
    left, right = width * 0.27, width * 0.97
    window(pen, 0.06, 0.46, width * 0.2, 0.4, (150, 214, 250))
    pen.slab(left, 0.44, right, 0.9, 0.012, fill=(160, 108, 64))
    pen.slab(left + 0.02, 0.47, right - 0.02, 0.88, fill=(44, 104, 84))
    pen.slab(left + 0.1, 0.445, right - 0.1, 0.465, fill=(196, 140, 90))
    chalk = (236, 244, 232)
    for column, lesson in enumerate(rng.permutation(_LESSONS)[:2]):
        x = left + (right - left) * (0.32 + 0.36 * column)
        pen.text(x, rng.uniform(0.74, 0.82), str(lesson), 0.075, fill=chalk)
    pen.text(right - 0.07, 0.8, "日", 0.05, fill=(255, 214, 120))
    pen.text(right - 0.07, 0.74, "直", 0.05, fill=(255, 214, 120))
    flower = left + (right - left) * rng.uniform(0.3, 0.7)
    star(pen, flower, 0.63, 0.035, (255, 170, 190))
    pen.bow(flower, 0.63, 0.07, 0.07, (0, 360), 0.008, fill=chalk)
    for x in np.arange(left + 0.16, right - 0.1, 0.12):
        pen.slab(float(x), 0.458, float(x) + 0.03, 0.468, fill=(255, 230, 230))
    _clock(pen, width * 0.62, 0.945, rng)
    for x in (0.05, width - 0.4):
        pen.slab(x + 0.02, 0.14, x + 0.045, 0.3, fill=(120, 124, 136))
        pen.slab(x + 0.305, 0.14, x + 0.33, 0.3, fill=(120, 124, 136))
        pen.slab(x, 0.29, x + 0.35, 0.325, 0.01, fill=(226, 180, 120))


def _curtained_window(pen: Pen, x: float, rng: np.random.Generator) -> None:
    evening = rng.random() < 0.4
    window(pen, x, 0.52, 0.36, 0.36, (255, 196, 140) if evening else (150, 214, 250))
    cloth = _SPINES[rng.integers(len(_SPINES) - 1)]
    pen.slab(x - 0.08, 0.9, x + 0.44, 0.92, 0.01, fill=(150, 110, 80))
    for edge in (x - 0.07, x + 0.33):
        pen.slab(edge, 0.47, edge + 0.1, 0.91, 0.02, fill=cloth)
        for fold in (0.03, 0.065):
            pen.line(
                [(edge + fold, 0.49), (edge + fold, 0.9)],
                0.006,
                fill=mixed(cloth, (60, 40, 40), 0.3),
            )


def _bookshelf(pen: Pen, x: float, rng: np.random.Generator) -> None:
    wood, dark = (176, 122, 78), (120, 80, 52)
    pen.slab(x, 0.3, x + 0.44, 0.86, 0.01, fill=wood)
    for shelf in (0.33, 0.5, 0.67):
        pen.slab(x + 0.02, shelf, x + 0.42, shelf + 0.15, fill=dark)
        left = x + 0.03
        while left < x + 0.37:
            thick, tall = rng.uniform(0.02, 0.045), rng.uniform(0.08, 0.13)
            spine = _SPINES[rng.integers(len(_SPINES))]
            pen.slab(left, shelf, left + thick, shelf + tall, 0.004, fill=spine)
            left += thick + rng.choice((0.003, 0.003, 0.05))
    pen.slab(x + 0.15, 0.86, x + 0.25, 0.92, 0.01, fill=(226, 120, 90))
    for dx in (-0.06, 0.0, 0.06):
        pen.tube([(x + 0.2, 0.91), (x + 0.2 + dx, 0.98)], 0.03, fill=(90, 170, 100), end=0.4)


def _painting(pen: Pen, x: float, rng: np.random.Generator) -> None:
    pen.slab(x - 0.13, 0.62, x + 0.13, 0.84, 0.01, fill=(200, 150, 70))
    gradient_top = _SPINES[rng.integers(len(_SPINES))]
    pen.slab(x - 0.11, 0.64, x + 0.11, 0.82, fill=mixed(gradient_top, (255, 255, 255), 0.5))
    pen.shape([(x - 0.11, 0.64), (x - 0.02, 0.76), (x + 0.06, 0.64)], fill=(110, 150, 130))
    pen.shape([(x - 0.02, 0.64), (x + 0.05, 0.71), (x + 0.11, 0.64)], fill=(140, 180, 140))
    pen.disc(x + 0.05, 0.78, 0.02, fill=(255, 250, 220))


def _clock(pen: Pen, x: float, y: float, rng: np.random.Generator) -> None:
    pen.disc(x, y, 0.045, fill=(90, 90, 100))
    pen.disc(x, y, 0.038, fill="white")
    for length, turn in ((0.02, rng.uniform(0, 6.28)), (0.03, rng.uniform(0, 6.28))):
        tip = (x + length * float(np.sin(turn)), y + length * float(np.cos(turn)))
        pen.line([(x, y), tip], 0.006, fill=(50, 50, 60))
