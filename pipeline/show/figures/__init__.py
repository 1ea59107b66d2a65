"""The cast: six characters that differ in colour, shape and size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.show.acting import Pose
from pipeline.show.figures.beings import draw_elephant, draw_ghost, draw_robot
from pipeline.show.figures.pets import draw_bird, draw_cat, draw_dog
from pipeline.show.pen import Pen, Point


@dataclass(frozen=True)
class Figure:
    """How one character is drawn, in units of its height above its feet."""

    draw: Callable[[Pen, Pose], None]
    height: float
    """Of the figure, in heights of the picture."""
    mouth: Point
    head: Point
    """Upper corner of the head, next to which things float."""
    face: tuple[float, float, float, float]
    """x, y, rx and ry of the face's oval: what holds eyes, mouth and cheeks, without ears, horns,
    feathers and flames."""


FIGURES = {
    "ミオ": Figure(
        draw_cat, 0.50, mouth=(0.02, 0.5), head=(0.33, 0.86), face=(0, 0.62, 0.34, 0.25)
    ),
    "ポチ": Figure(
        draw_dog, 0.56, mouth=(0.02, 0.53), head=(0.36, 0.9), face=(0, 0.715, 0.29, 0.285)
    ),
    "タマ": Figure(
        draw_ghost, 0.45, mouth=(0.02, 0.5), head=(0.36, 0.88), face=(0, 0.64, 0.35, 0.27)
    ),
    "クロ": Figure(
        draw_bird, 0.38, mouth=(0.04, 0.5), head=(0.4, 0.86), face=(0.02, 0.65, 0.39, 0.27)
    ),
    "ハナ": Figure(
        draw_elephant, 0.62, mouth=(0.04, 0.42), head=(0.44, 0.95), face=(0, 0.7, 0.28, 0.25)
    ),
    "ピコ": Figure(
        draw_robot, 0.53, mouth=(0.02, 0.56), head=(0.36, 0.88), face=(0, 0.68, 0.34, 0.22)
    ),
}
