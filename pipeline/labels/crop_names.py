"""Names of crops, which say what was cut out of which picture.

``cat.jpg-2-180x170+120+40.png`` is the second box of ``cat.jpg``: 180 pixels wide and 170 high, 120
from the left and 40 from the top, as X11 and ImageMagick write geometry. ``+-3`` is 3 pixels beyond
the edge.
"""

from __future__ import annotations

import re

import msgspec

from pipeline.labels.boxes import Box
from pipeline.labels.record import Label

_NAME = re.compile(r"(.+)-\d+-(\d+)x(\d+)\+(-?\d+)\+(-?\d+)(?:\.\w+)?", re.DOTALL)


def crop_name(picture: str, number: int, box: Box) -> str:
    """The name of the crop around box ``number``, from 1, of a picture."""
    left, top, right, bottom = (round(edge) for edge in box)
    size = f"{max(1, right - left)}x{max(1, bottom - top)}"
    return f"{picture}-{number}-{size}+{left}+{top}.png"


def of_crop(name: str) -> tuple[str, Box] | None:
    """The picture that a crop was cut out of, and the box; None for other names."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    width, height, left, top = (float(number) for number in match.groups()[1:])
    return match[1], (left, top, left + width, top + height)


def as_of_picture(label: Label) -> Label:
    """A score of a crop as one of the box in its picture; other labels stay as they are."""
    found = of_crop(label.picture) if label.kind == "score" and label.box is None else None
    if found is None:
        return label
    picture, box = found
    return msgspec.structs.replace(label, picture=picture, box=box, other_names=())
