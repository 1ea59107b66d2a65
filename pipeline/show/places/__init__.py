"""Backgrounds: five places, with a different view in every scene."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageOps

from pipeline.show.pen import OVERSAMPLING, Pen
from pipeline.show.places.indoors import draw_room, draw_school
from pipeline.show.places.outdoors import draw_beach, draw_night_street, draw_street

_VIEWS = {
    "street": draw_street,
    "night street": draw_night_street,
    "beach": draw_beach,
    "room": draw_room,
    "school": draw_school,
}


def background(place: str, size: tuple[int, int], rng: np.random.Generator) -> Image.Image:
    """A picture of ``place`` with nobody in it: RGB, ``size`` (width, height) pixels."""
    width, height = (side * OVERSAMPLING for side in size)
    canvas = Image.new("RGB", (width, height))
    _VIEWS[place](Pen(canvas, (0, height), (height, height)), width / height, rng)
    picture = canvas.reduce(OVERSAMPLING)
    return ImageOps.mirror(picture) if place != "school" and rng.random() < 0.5 else picture
