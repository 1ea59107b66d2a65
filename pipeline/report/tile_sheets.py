"""Sprite sheets: small pictures, many to a JPEG file, from which a page draws those in view."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
from PIL import Image

from pipeline.media.pixels import Picture
from pipeline.runtime.arrays import UInt8s
from pipeline.runtime.atomic_files import published_folder

Thumbnail = Picture | bytes
"""A picture of any size, decoded or as the bytes of a file such as a JPEG."""

_QUALITY = 80  # of JPEG


class Size(NamedTuple):
    """The form of sheets, and the folder that they lie in beside a page."""

    folder: str
    tile: int
    """Pixels; a multiple of 16, so that no block of the JPEG lies in two cells."""
    across: int


TILES = Size("sheets", 128, 4)
"""Small sheets: tiles that are sorted anew lie on a sheet of their own each."""
OVERVIEW = Size("overview", 32, 32)
"""For views of all pictures at once."""


class Sheets(msgspec.Struct, frozen=True):
    """Where pictures lie on ``FOLDER/0000.jpg`` and so on, beside a page.

    A sheet has ``across`` rows of ``across`` cells, or fewer rows if it is the last one. Picture
    ``n`` is on sheet ``n // across**2`` and there in cell ``n % across**2``, at its top left.
    """

    tile: int
    """Side of a cell in pixels."""
    across: int
    sizes: list[tuple[int, int]]
    """Width and height in pixels, for each picture; neither is larger than ``tile``."""
    folder: str = TILES.folder


def write_sheets(folder: Path, thumbnails: Iterable[Thumbnail], size: Size = TILES) -> Sheets:
    """Write sheets in the folder of a page, in place of what is there, whole or not at all.

    Pictures are shrunk to fit into a cell and never enlarged. One sheet is in memory at a time.
    Raises OSError for bytes that no picture can be read from.
    """
    sizes: list[tuple[int, int]] = []
    with published_folder(folder / size.folder) as sheets:
        pictures = (_shrunk(thumbnail, size.tile) for thumbnail in thumbnails)
        for number, batch in enumerate(_batches(pictures, size.across**2)):
            sheet = Image.fromarray(_tiled(batch, size))
            sheet.save(sheets / f"{number:04}.jpg", quality=_QUALITY)
            sizes += [(picture.shape[1], picture.shape[0]) for picture in batch]
    return Sheets(size.tile, size.across, sizes, size.folder)


def _shrunk(thumbnail: Thumbnail, side: int) -> Picture:
    image: Image.Image
    if isinstance(thumbnail, bytes):
        file = Image.open(BytesIO(thumbnail))
        file.draft("RGB", (side, side))  # a JPEG need not be decoded larger than it is shown
        image = file.convert("RGB")
    else:
        image = Image.fromarray(thumbnail)
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    return np.asarray(image)


def _batches(pictures: Iterator[Picture], size: int) -> Iterator[list[Picture]]:
    while batch := list(islice(pictures, size)):
        yield batch


def _tiled(pictures: list[Picture], size: Size) -> UInt8s:
    """Pictures in the cells of one sheet; their edges go on, so that JPEG keeps them sharp."""
    tile, across = size.tile, size.across
    rows = -(-len(pictures) // across)
    sheet = np.zeros((rows, tile, across, tile, 3), np.uint8)
    for place, picture in enumerate(pictures):
        height, width = picture.shape[:2]
        margins = ((0, tile - height), (0, tile - width), (0, 0))
        row, column = divmod(place, across)
        sheet[row, :, column] = np.pad(picture, margins, mode="edge")
    return sheet.reshape(rows * tile, across * tile, 3)
