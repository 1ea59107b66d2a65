"""Writing a page of faces, with the small pictures that it shows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.faces.page.said import FacesOnPage
from pipeline.faces.page.section import FLAGS, face_sections
from pipeline.pictures.frames_file import Frames, read_thumbnails
from pipeline.report.language import Message
from pipeline.report.page import page_html
from pipeline.report.picture_grid import NumberColumn, PictureGrid, Tile
from pipeline.report.section import Page
from pipeline.report.tile_sheets import TILES, write_sheets
from pipeline.runtime.arrays import Int64s


def write_face_page(
    page: Path,
    title: str,
    faces: FacesOnPage,
    tiles: Sequence[Tile],
    facts: Sequence[NumberColumn],
    frames: Path,
    shown: Int64s,
    pictures: int,
) -> None:
    """Write ``page``, and beside it the sheets of the frames ``shown`` (n,), one for each tile.

    ``pictures`` is how many there are, on the page or not.
    """
    rows = Frames.load(frames).row[shown]
    sheets = write_sheets(page.parent, read_thumbnails(frames, rows, TILES.tile))
    grid = PictureGrid(sheets, list(tiles), facts=list(facts), flags=list(FLAGS))
    counts = {
        "n": f"{len(tiles):,}",
        "faces": f"{faces.count:,}",
    }
    key = "faces.subtitle" if faces.correct else "faces.subtitle_ranking"
    html = page_html(Page(title, Message(key, counts), face_sections(faces, grid, pictures)))
    page.write_text(html, encoding="utf-8")
