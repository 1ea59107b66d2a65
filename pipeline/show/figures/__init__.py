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


FIGURES = {
    "ミオ": Figure(draw_cat, 0.50, mouth=(0.02, 0.5), head=(0.33, 0.86)),
    "ポチ": Figure(draw_dog, 0.56, mouth=(0.02, 0.53), head=(0.36, 0.9)),
    "タマ": Figure(draw_ghost, 0.45, mouth=(0.02, 0.5), head=(0.36, 0.88)),
    "クロ": Figure(draw_bird, 0.38, mouth=(0.04, 0.5), head=(0.4, 0.86)),
    "ハナ": Figure(draw_elephant, 0.62, mouth=(0.04, 0.42), head=(0.44, 0.95)),
    "ピコ": Figure(draw_robot, 0.53, mouth=(0.02, 0.56), head=(0.36, 0.88)),
}
