"""Sprite sheets: small pictures, many to a JPEG file, from which a page draws those in view."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import islice
from pathlib import Path

import msgspec
import numpy as np
from PIL import Image

from pipeline.media.pixels import Picture
from pipeline.runtime.arrays import UInt8s
from pipeline.runtime.atomic_files import published_folder

Thumbnail = Picture | bytes
"""A picture of any size, decoded or as the bytes of a file such as a JPEG."""

_TILE = 128  # pixels; a multiple of 16, so that no block of the JPEG lies in two cells
_ACROSS = 4  # small sheets: tiles that are sorted anew lie on a sheet of their own each
_QUALITY = 80  # of JPEG


class Sheets(msgspec.Struct, frozen=True):
    """Where pictures lie on ``sheets/0000.jpg`` and so on, in a page's folder.

    A sheet has ``across`` rows of ``across`` cells, or fewer rows if it is the last one. Picture
    ``n`` is on sheet ``n // across**2`` and there in cell ``n % across**2``, at its top left.
    """

    tile: int
    """Side of a cell in pixels."""
    across: int
    sizes: list[tuple[int, int]]
    """Width and height in pixels, for each picture; neither is larger than ``tile``."""


def write_sheets(folder: Path, thumbnails: Iterable[Thumbnail]) -> Sheets:
    """Write ``sheets/`` in the folder of a page, in place of what is there, whole or not at all.

    Pictures are shrunk to fit into a cell and never enlarged. One sheet is in memory at a time.
    Raises OSError for bytes that no picture can be read from.
    """
    sizes: list[tuple[int, int]] = []
    with published_folder(folder / "sheets") as sheets:
        pictures = map(_shrunk, thumbnails)
        for number, batch in enumerate(_batches(pictures, _ACROSS**2)):
            Image.fromarray(_tiled(batch)).save(sheets / f"{number:04}.jpg", quality=_QUALITY)
            sizes += [(picture.shape[1], picture.shape[0]) for picture in batch]
    return Sheets(_TILE, _ACROSS, sizes)


def _shrunk(thumbnail: Thumbnail) -> Picture:
    image: Image.Image
    if isinstance(thumbnail, bytes):
        image = Image.open(BytesIO(thumbnail)).convert("RGB")
    else:
        image = Image.fromarray(thumbnail)
    image.thumbnail((_TILE, _TILE), Image.Resampling.LANCZOS)
    return np.asarray(image)


def _batches(pictures: Iterator[Picture], size: int) -> Iterator[list[Picture]]:
    while batch := list(islice(pictures, size)):
        yield batch


def _tiled(pictures: list[Picture]) -> UInt8s:
    """Pictures in the cells of one sheet; their edges go on, so that JPEG keeps them sharp."""
    rows = -(-len(pictures) // _ACROSS)
    sheet = np.zeros((rows, _TILE, _ACROSS, _TILE, 3), np.uint8)
    for place, picture in enumerate(pictures):
        height, width = picture.shape[:2]
        margins = ((0, _TILE - height), (0, _TILE - width), (0, 0))
        row, column = divmod(place, _ACROSS)
        sheet[row, :, column] = np.pad(picture, margins, mode="edge")
    return sheet.reshape(rows * _TILE, _ACROSS * _TILE, 3)
