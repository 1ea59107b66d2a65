"""Heat maps as pictures for the page: many on a sheet, to be laid over the player's picture."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from PIL import Image

from pipeline.danmaku.explanation.explained_file import Explained
from pipeline.danmaku.sections.watch.content import (
    MAPS_PER_ROW,
    MAPS_PER_SHEET,
    Heat,
    HeatKind,
)
from pipeline.pictures.heat import palette
from pipeline.runtime.arrays import UInt8s


def write_heat(folder: Path, explained: Explained) -> Heat | None:
    """Write all maps below ``folder``; None, and nothing, for a model without attention."""
    if not explained.side:
        return None
    write_sheets(folder, "attention", explained.attention)
    write_sheets(folder, "saliency", explained.saliency)
    return Heat(explained.side, ["attention", "saliency"])


def write_sheets(folder: Path, kind: HeatKind, maps: UInt8s) -> None:
    """Write ``maps`` (n, p), 0–255, below ``folder``, to ``heat/KIND-000.png`` and so on."""
    (folder / "heat").mkdir(exist_ok=True)
    colours = palette()
    for number, start in enumerate(range(0, len(maps), MAPS_PER_SHEET)):
        image = Image.fromarray(_tiled(maps[start : start + MAPS_PER_SHEET]), "P")
        image.putpalette(colours[:, :3].tobytes())
        path = folder / "heat" / f"{kind}-{number:03}.png"
        image.save(path, transparency=colours[:, 3].tobytes())


def _tiled(maps: UInt8s) -> UInt8s:
    """Maps (n, p) beside and below one another, ``MAPS_PER_ROW`` in a row."""
    side = math.isqrt(maps.shape[1])
    rows = -(-len(maps) // MAPS_PER_ROW)
    cells = np.zeros((rows * MAPS_PER_ROW, side, side), np.uint8)
    cells[: len(maps)] = maps.reshape(-1, side, side)
    tiles = cells.reshape(rows, MAPS_PER_ROW, side, side).swapaxes(1, 2)
    return np.ascontiguousarray(tiles.reshape(rows * side, MAPS_PER_ROW * side))
