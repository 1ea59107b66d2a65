"""The sections of a page of faces: what is to be done, and the pictures.

What is said there is downloaded as ``labels.jsonl``, for a page from disk can write nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pipeline.faces.page.said import FacesOnPage
from pipeline.report import picture_grid
from pipeline.report.picture_grid import PictureGrid
from pipeline.report.section import Section

WEB: Final = Path(__file__).parent / "web"

FLAGS: Final = ("suspect", "corrected", "rated")
"""Of tiles: what is to be corrected first, what a person looked at, and what has a score."""


def face_sections(faces: FacesOnPage, grid: PictureGrid, pictures: int) -> list[Section]:
    """The sections of a page on which ``grid`` shows some of a collection's ``pictures``."""
    scripts = (*picture_grid.SCRIPTS, "keys.js", "corrections.js", "face_layer.js", "faces.js")
    styles = (*picture_grid.STYLES, "faces.css")
    values = {"grid": grid, "faces": faces, "pictures": pictures}
    return [
        Section("faces", WEB, "faces.html.j2", values, scripts, styles, faces),
        Section("pictures", WEB, "pictures.html.j2", values, data=grid),
    ]
