"""Pictures beside their translations: a slider between two, and a sheet of some in all targets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image

from pipeline.media.pixels import Picture
from pipeline.report.gallery import PictureFile, write_picture
from pipeline.report.section import Section
from pipeline.translation.sections.summary import WEB

MOST = 16
"""Pictures that the page shows."""
_LONGEST = 512  # pixels of a picture's longer side
_POSTER = (320, 180)

Shown = Literal["held_out", "learned", "others"]
"""Whether the pictures were held out of training, learned from, or of another collection."""


@dataclass(frozen=True)
class Translated:
    """A picture and its translations, files beside the page."""

    name: str
    source: PictureFile
    targets: Sequence[PictureFile]


def chosen(names: Sequence[str], held_out: set[str] | None) -> tuple[Shown, Sequence[str]]:
    """Which of a collection's pictures to show, evenly spread: those held out, if there are any.

    ``held_out`` is None where the model has learned from none of them.
    """
    out = [name for name in names if held_out and name in held_out]
    shown: Shown = "others" if held_out is None else "held_out" if out else "learned"
    taken = out or names
    places = np.linspace(0, len(taken) - 1, min(MOST, len(taken))).astype(int)
    return shown, [taken[place] for place in places.tolist()]


def compared_section(
    folder: Path,
    rows: Iterable[tuple[str, Picture, Sequence[Picture]]],
    targets: Sequence[str],
    shown: Shown,
) -> Section:
    """Write pictures below ``folder``, and ``poster.jpg`` of the first.

    ``rows`` are names, pictures (height, width, 3), and their translations into all ``targets``.
    """
    written = []
    for number, (name, source, translations) in enumerate(rows):
        files = [
            write_picture(folder, f"pictures/{number:02}-{column}.jpg", _small(picture))
            for column, picture in enumerate((source, *translations))
        ]
        written.append(Translated(name, files[0], files[1:]))
        if number == 0:
            _poster(source, translations[-1]).save(folder / "poster.jpg", quality=85)
    return Section(
        "compared",
        WEB,
        "compared.html.j2",
        {"rows": written, "targets": targets, "shown": shown},
        ["compared.js"],
        ["translation.css"],
    )


def _small(picture: Picture) -> Picture:
    image = Image.fromarray(picture)
    image.thumbnail((_LONGEST, _LONGEST), Image.Resampling.LANCZOS)
    return np.asarray(image)


def _poster(source: Picture, translation: Picture) -> Image.Image:
    """The left half of a picture, and the right half of its translation."""
    halves = source.copy()
    halves[:, source.shape[1] // 2 :] = translation[:, source.shape[1] // 2 :]
    image = Image.fromarray(halves)
    image.thumbnail(_POSTER, Image.Resampling.LANCZOS)
    return image
