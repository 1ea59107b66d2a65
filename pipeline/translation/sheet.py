"""A sheet of some pictures, a row for each, with their translations beside them."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from pipeline.lettering.colors import BACKGROUND, QUIET
from pipeline.lettering.lettering import Lettering
from pipeline.media.pixels import Picture

_SIDE = 160  # pixels of the longer side of a picture
_GAP = 8
_HEADER = 28
_TEXT = 16  # pixels an em


def sheet(rows: Sequence[Sequence[Picture]], titles: Sequence[str]) -> Image.Image:
    """Rows of as many pictures (height, width, 3) as there are ``titles`` of columns."""
    small = [[_small(picture) for picture in row] for row in rows]
    heights = [max(picture.height for picture in row) for row in small]
    width = _GAP + len(titles) * (_SIDE + _GAP)
    image = Image.new("RGB", (width, _HEADER + sum(heights) + _GAP * len(rows)), BACKGROUND)
    lettering = Lettering()
    for column, title in enumerate(titles):
        left, top = _GAP + column * (_SIDE + _GAP), _HEADER
        text, size = lettering.fitted(title, _SIDE, _TEXT, _TEXT // 2)
        lettering.write(image, left, _HEADER - _GAP, text, size, QUIET)
        for row, height in zip(small, heights, strict=True):
            picture = row[column]
            place = (left + (_SIDE - picture.width) // 2, top + (height - picture.height) // 2)
            image.paste(picture, place)
            top += height + _GAP
    return image


def _small(picture: Picture) -> Image.Image:
    image = Image.fromarray(picture)
    image.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    return image
