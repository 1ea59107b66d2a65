"""Which pictures of a collection belong together, so that no measure has them on both sides."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.pictures.settings import Unit
from pipeline.runtime.arrays import Int64s
from pipeline.runtime.grouping import groups


def unit_numbers(names: Sequence[str], rows: Int64s, by: Unit) -> Int64s:
    """(frames,) the number of each picture's unit; units that share an equal picture are one.

    ``rows`` (frames,) are equal for equal pictures.
    """
    numbers: dict[str, int] = {}
    units = [numbers.setdefault(_unit(name, by), len(numbers)) for name in names]
    # Rows come behind the units, so that both are numbers of one kind.
    linked = groups(zip(units, (len(numbers) + rows).tolist(), strict=True))
    joined = {unit: number for number, group in enumerate(linked) for unit in group}
    return np.array([joined[unit] for unit in units], np.int64)


def _unit(name: str, by: Unit) -> str:
    folder, _, file = name.rpartition("/")
    match by:
        case "picture":
            return name
        case "name":
            return file.rpartition(".")[0] or file
        case "folder":
            return folder
