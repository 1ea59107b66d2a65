"""A sheet of annotated pictures with their times, for a README or a chat."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PIL import Image

from pipeline.lettering.colors import BACKGROUND, QUIET
from pipeline.lettering.lettering import Lettering
from pipeline.media.pixels import Picture

_GAP = 12
_CAPTION = 26  # pixels below each picture
_TEXT = 16  # pixels an em
_MAX_COLUMNS = 3


def contact_sheet(pictures: Sequence[Picture], captions: Sequence[str]) -> Image.Image:
    """Pictures (height, width, 3) RGB of one size in rows of up to three, captions below them."""
    columns = min(_MAX_COLUMNS, len(pictures))
    if len(pictures) == _MAX_COLUMNS + 1:
        columns = 2  # four make a square
    height, width = pictures[0].shape[:2]
    rows = math.ceil(len(pictures) / columns)
    size = (_GAP + columns * (width + _GAP), _GAP + rows * (height + _CAPTION))
    sheet = Image.new("RGB", size, BACKGROUND)
    lettering = Lettering()
    for number, (picture, caption) in enumerate(zip(pictures, captions, strict=True)):
        row, column = divmod(number, columns)
        x, y = _GAP + column * (width + _GAP), _GAP + row * (height + _CAPTION)
        sheet.paste(Image.fromarray(picture), (x, y))
        lettering.write(sheet, x, y + height + _TEXT + 2, caption, _TEXT, QUIET)
    return sheet
