"""A grid of thousands of pictures, to be sorted, filtered and opened one by one.

The macro of web/picture_grid.html.j2 shows it; a page has one at most. A section that shows one
has ``scripts=SCRIPTS``, ``styles=STYLES`` and the ``PictureGrid`` as its ``data``. Of every name
that the grid uses, the section brings the phrase ``SECTION.NAME``: of columns and flags,
``SECTION.near`` if tiles have similar pictures and ``SECTION.evidence`` if they have evidence.

Texts come from strangers: scripts may only ever set them as text.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import msgspec

from pipeline.report.tile_sheets import Sheets

SCRIPTS = (
    "saving.js",
    "tile_sheets.js",
    "shown_tiles.js",
    "tile_list.js",
    "opened_tile.js",
    "picture_grid.js",
)
STYLES = ("picture_grid.css",)


class NumberColumn(msgspec.Struct, frozen=True):
    """Numbers of one kind, one for each tile or line."""

    name: str
    digits: int = 2
    """Decimal places that are shown."""


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """A text about a picture: a joke, a comment, a caption."""

    text: str
    scores: list[float | None] = []
    """One for each of ``PictureGrid.scores``, or none at all."""
    flags: list[str] = []
    """Who wrote it, whether it is a copy: some of ``PictureGrid.flags``."""
    aside: bool = False
    """Whether it is told of an opened picture alone, and no search finds it."""


class Tile(msgspec.Struct, frozen=True, omit_defaults=True):
    """A picture with all that is known about it."""

    name: str
    source: str = ""
    """Address of the original from the page (``address_of``); empty shows the tile enlarged."""
    facts: list[float | None] = []
    """One for each of ``PictureGrid.facts``, or none at all."""
    lines: list[Line] = []
    """The best first; that one is below the tile, or else the name. Those aside come last."""
    flags: list[str] = []
    """Some of ``PictureGrid.flags``. A tile is also found by the flags of its lines."""
    tags: list[str] = []
    near: list[tuple[int, float]] = []
    """Numbers of similar pictures, and their similarities as shares of 1."""
    evidence: str = ""
    """Address of a picture that shows why, such as a heat map, or a ``data:`` address of one."""


class PictureGrid(msgspec.Struct, frozen=True):
    """The data of the section: all that its scripts know.

    Raises ValueError if its parts do not fit one another.
    """

    sheets: Sheets
    """The pictures of ``tiles``, then those of ``others``."""
    tiles: list[Tile]
    """In the order in which the page first shows them. The address ``#p12`` opens number 12."""
    others: list[Tile] = []
    """Pictures that are not in the grid itself but that others name as similar, such as those that
    a model learned from. Their numbers go on from those of ``tiles``."""
    facts: list[NumberColumn] = []
    """Numbers of tiles, by which the page sorts and filters."""
    scores: list[NumberColumn] = []
    """Numbers of lines."""
    flags: list[str] = []

    def __post_init__(self) -> None:
        pictures = [*self.tiles, *self.others]
        if len(self.sheets.sizes) != len(pictures):
            raise ValueError(f"{len(pictures)} tiles, {len(self.sheets.sizes)} on sheets")
        for tile in pictures:
            _check_row(tile.name, tile.facts, self.facts)
            for line in tile.lines:
                _check_row(tile.name, line.scores, self.scores)
            flags = {*tile.flags, *(flag for line in tile.lines for flag in line.flags)}
            if unknown := flags.difference(self.flags):
                raise ValueError(f"{tile.name} has flags without a name: {sorted(unknown)}")
            if not all(0 <= number < len(pictures) for number, _ in tile.near):
                raise ValueError(f"{tile.name} is similar to a picture that is not there")

    @property
    def has_near(self) -> bool:
        """Whether any tile names similar pictures."""
        return any(tile.near for tile in (*self.tiles, *self.others))

    @property
    def has_evidence(self) -> bool:
        """Whether any tile has evidence."""
        return any(tile.evidence for tile in (*self.tiles, *self.others))


def address_of(file: Path, folder: Path) -> str:
    """The address of ``file`` from a page in ``folder``, whatever either is called."""
    return f"./{quote(os.fsencode(Path(os.path.relpath(file, folder)).as_posix()))}"


def address_in(pictures: Path | None, page: Path, name: str) -> str:
    """The same of a picture in the folder ``pictures``; empty for a video's, and for no name."""
    return address_of(pictures / name, page) if pictures and name else ""


def _check_row(name: str, numbers: Sequence[float | None], columns: Sequence[NumberColumn]) -> None:
    if numbers and len(numbers) != len(columns):
        raise ValueError(f"{name} has {len(numbers)} numbers for {len(columns)} columns")
