"""Sheets of the cast: each with some faces, number, name and screen time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from pipeline.faces.tracks.cast_file import Member
from pipeline.lettering.colors import BACKGROUND, WHITE
from pipeline.lettering.lettering import Lettering
from pipeline.lettering.sheets import contact_sheets
from pipeline.media.pixels import Picture
from pipeline.runtime.quantities import counted

_SIDE, _GAP = 96, 4  # pixels of a crop, and between crops
_ACROSS = 8
_TEXT, _LINE = 16, 26
_WIDTH = _ACROSS * (_SIDE + _GAP) - _GAP


def cast_sheets(cast: Iterable[Member], crops: Path) -> Iterator[Picture]:
    """Sheets (height, width, 3) with a row for each member; ``crops`` is the folder of crops."""
    lettering = Lettering()
    rows = (_row(one, crops, lettering) for one in cast)
    return contact_sheets(rows, columns=1, rows=12, card_width=_WIDTH)


def _row(member: Member, crops: Path, lettering: Lettering) -> Picture:
    row = Image.new("RGB", (_WIDTH, _LINE + _SIDE), BACKGROUND)
    text = f"{member.number}.  " + f"{member.name}  " * bool(member.name)
    text += f"{member.seconds:.1f} s ({member.share:.0%}), {counted(member.scenes, 'scene')}"
    text, size = lettering.fitted(text, _WIDTH, _TEXT, _TEXT)
    lettering.write(row, 0, _TEXT + 2, text, size, WHITE)
    for place, file in enumerate(member.crops[:_ACROSS]):
        with Image.open(crops / file) as crop:
            image = crop.convert("RGB").resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)
        row.paste(image, (place * (_SIDE + _GAP), _LINE))
    return np.asarray(row)
