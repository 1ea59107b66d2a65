"""The opening's title card and the ending's credits."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from PIL import Image

from pipeline.show.pen import OVERSAMPLING, Pen
from pipeline.show.places.scenery import cloud, gradient, star

LOGO = "ねこまち"
_LETTER_COLORS = ((240, 96, 110), (250, 160, 50), (70, 170, 110), (80, 130, 220))
_TITLES = (
    *("はじめまして", "うみへいこう", "よるのさんぽ", "おにぎり日和", "だれのしっぽ？"),
    *("ほしをかぞえて", "ないしょの話", "おどる放課後"),
)
_CREDITS = (
    *("おはなし　もも山サチ", "え　くれよん係", "おんがく　ぴこぴこ堂"),
    *("こえ　まちのみんな", "おべんとう　おにぎり亭", "せいさく　ねこまち委員会"),
)
_RAYS = 14
_RAY_POSITIONS = 6
"""Drawings in a cycle of the opening's rays."""


def opening_card(size: tuple[int, int], drawing: int, drawings: int, episode: int) -> Image.Image:
    """Drawing ``drawing`` of the ``drawings`` of the opening: RGB of ``size`` (width, height)."""
    picture = _sunburst(size, drawing % _RAY_POSITIONS).copy()
    for number in range(len(LOGO)):
        # All letters have appeared after the first third.
        age = drawing - number * max(drawings // 12, 1)
        if age >= 0:
            letter = _letter(size[1], number, -6 if (drawing + number) // 2 % 2 else 6)
            x = size[0] * (0.5 + 0.19 * (number - 1.5))
            drop = 0.25 * max(0.0, 1 - age / 3)
            y = size[1] * (0.4 - drop + 0.02 * math.sin(math.pi * (drawing + 2 * number) / 4))
            corner = (round(x) - letter.width // 2, round(y) - letter.height // 2)
            picture.paste(letter, corner, letter)
    if drawing * 2 >= drawings:
        title = _TITLES[(episode - 1) % len(_TITLES)]
        banner = _banner(size, f"第{episode}話「{title}」")
        picture.paste(banner, (0, round(size[1] * 0.66)), banner)
    return picture


def ending_card(
    size: tuple[int, int], drawing: int, drawings: int, rng: np.random.Generator
) -> Image.Image:
    """Drawing ``drawing`` of the ``drawings`` of the credits; ``rng`` places the stars."""
    width = size[0] / size[1]
    canvas, pen = _sheet(size, "RGB")
    gradient(pen, width, 0, 1, (255, 190, 150), (70, 60, 130))
    for number in range(30):
        x, y = rng.uniform(0, width), rng.uniform(0.45, 1)
        twinkle = 1.0 if (drawing // 2 + number) % 3 else 0.6
        star(pen, x, y, rng.uniform(0.006, 0.018) * twinkle, (255, 244, 200))
    for step in range(7):
        pen.disc(width * step / 6, 0.0, 0.24, 0.1 + 0.05 * (step % 2), fill=(56, 46, 92))
    progress = (drawing + 1) / drawings
    for number, credit in enumerate(_CREDITS):
        y = 0.1 + 1.5 * progress - 0.2 * number
        if 0.16 < y < 1.1:
            pen.text(width / 2, y, credit, 0.075, fill="white", edge=(60, 50, 110))
    if progress > 0.6:
        pen.text(width / 2, 0.1, "おしまい", 0.11, fill=(255, 236, 170), edge=(60, 50, 110))
    return canvas.reduce(OVERSAMPLING)


def _sheet(size: tuple[int, int], mode: str) -> tuple[Image.Image, Pen]:
    width, height = (side * OVERSAMPLING for side in size)
    canvas = Image.new(mode, (width, height))
    return canvas, Pen(canvas, (0, height), (height, height))


@lru_cache(maxsize=2 * _RAY_POSITIONS)
def _sunburst(size: tuple[int, int], position: int) -> Image.Image:
    width = size[0] / size[1]
    canvas, pen = _sheet(size, "RGB")
    pen.slab(0, 0, width, 1, fill=(255, 240, 190))
    reach = 2 * width
    for ray in range(_RAYS):
        angle = 2 * math.pi * (ray + position / _RAY_POSITIONS) / _RAYS
        edges = [
            (width / 2 + reach * math.cos(turn), 0.5 + reach * math.sin(turn))
            for turn in (angle, angle + math.pi / _RAYS)
        ]
        pen.shape([(width / 2, 0.5), *edges], fill=(255, 220, 140))
    for x, y, high in ((0.2, 0.14, 0.16), (width - 0.25, 0.12, 0.18), (width / 2, 0.05, 0.14)):
        cloud(pen, x, y, high, "white")
    for x in (0.16, width - 0.16):
        _paw(pen, x, 0.82)
    return canvas.reduce(OVERSAMPLING)


def _paw(pen: Pen, x: float, y: float) -> None:
    pad = (246, 160, 150)
    pen.disc(x, y - 0.02, 0.055, 0.045, fill=pad)
    for dx, dy in ((-0.065, 0.03), (-0.025, 0.06), (0.025, 0.06), (0.065, 0.03)):
        pen.disc(x + dx, y + dy, 0.02, 0.025, fill=pad)


@lru_cache(maxsize=4 * len(LOGO))
def _letter(picture_height: int, number: int, lean: int) -> Image.Image:
    side = round(0.42 * picture_height * OVERSAMPLING)
    sheet = Image.new("RGBA", (side, side))
    pen = Pen(sheet, (side / 2, side / 2), (side, side))
    # A cat's head behind every letter.
    for grow, fill in ((0.03, "white"), (0.0, _LETTER_COLORS[number])):
        for edge in (-1, 1):
            ear = [(edge * 0.34, 0.06), (edge * (0.33 + grow), 0.42 + grow), (edge * 0.04, 0.28)]
            pen.shape(ear, fill=fill)
        pen.disc(0, 0, 0.38 + grow, 0.33 + grow, fill=fill)
    pen.text(0, 0, LOGO[number], 0.46, fill="white")
    turned = sheet.rotate(lean, Image.Resampling.BICUBIC)
    return turned.reduce(OVERSAMPLING)


@lru_cache(maxsize=2)
def _banner(size: tuple[int, int], words: str) -> Image.Image:
    sheet, pen = _sheet((size[0], max(round(size[1] * 0.16), 1)), "RGBA")
    middle = size[0] / size[1] / 2 * (size[1] * OVERSAMPLING / sheet.height)
    ribbon = (240, 110, 120)
    pen.slab(middle - 3.2, 0.14, middle + 3.2, 0.86, 0.3, fill=ribbon)
    pen.text(middle, 0.5, words, 0.5, fill="white")
    return sheet.reduce(OVERSAMPLING)
