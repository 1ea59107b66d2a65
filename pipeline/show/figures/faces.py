"""Eyes, mouths and cheeks that the cast shares."""

from __future__ import annotations

from pipeline.show.pen import Color, Pen

INK = (58, 40, 44)
_TONGUE = (240, 120, 120)


def eyes(pen: Pen, x: float, y: float, apart: float, size: float, state: str) -> None:
    """Two eyes around (x, y), ``apart`` from each other, ``size`` wide."""
    for side in (-1, 1):
        middle = x + side * apart / 2
        if state == "open":
            pen.disc(middle, y, size / 2, size * 0.66, fill=INK)
            pen.disc(middle + size * 0.14, y + size * 0.26, size * 0.18, fill="white")
            pen.disc(middle - size * 0.14, y - size * 0.3, size * 0.09, fill="white")
        elif state == "shut":
            pen.bow(middle, y, size * 0.6, size * 0.4, (10, 170), size * 0.22, fill=INK)
        else:
            pen.bow(
                middle, y - size * 0.2, size * 0.6, size * 0.55, (190, 350), size * 0.24, fill=INK
            )


def mouth(pen: Pen, x: float, y: float, size: float, state: str) -> None:
    """A mouth around (x, y), ``size`` wide."""
    if state == "open":
        pen.disc(x, y - size * 0.15, size * 0.42, size * 0.5, fill=INK)
        pen.disc(x, y - size * 0.32, size * 0.28, size * 0.26, fill=_TONGUE)
    elif state == "smile":
        pen.bow(x, y + size * 0.1, size * 0.45, size * 0.34, (15, 165), size * 0.15, fill=INK)
    else:
        pen.bow(x, y, size * 0.22, size * 0.12, (10, 170), size * 0.14, fill=INK)


def muzzle(pen: Pen, x: float, y: float, size: float, state: str) -> None:
    """A cat's or dog's mouth below a nose at (x, y): two bows, or open."""
    if state == "open":
        mouth(pen, x, y - size * 0.35, size, state)
        return
    for side in (-1, 1):
        pen.bow(x + side * size * 0.25, y, size * 0.25, size * 0.3, (0, 180), size * 0.12, fill=INK)


def cheeks(pen: Pen, x: float, y: float, apart: float, size: float, fill: Color) -> None:
    """Two blushes."""
    for side in (-1, 1):
        pen.disc(x + side * apart / 2, y, size / 2, size * 0.32, fill=fill)
