"""Which pictures are held out of training, so that a model is measured on unseen ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.captions.settings import HeldOutSettings, Unit
from pipeline.runtime.arrays import Bools, Int64s
from pipeline.runtime.grouping import groups


def held_out(names: Sequence[str], rows: Int64s, settings: HeldOutSettings, seed: int) -> Bools:
    """(frames,) which pictures are held out, by their names and ``rows`` of equal ones (frames,).

    At least one unit is, and never all of several.
    """
    units = unit_numbers(names, rows, settings.by)
    distinct = np.unique(units)
    count = min(max(1, round(settings.share * len(distinct))), max(1, len(distinct) - 1))
    chosen = np.random.default_rng([seed, len(distinct)]).permutation(distinct)[:count]
    return np.isin(units, chosen)


def unit_numbers(names: Sequence[str], rows: Int64s, by: Unit) -> Int64s:
    """(frames,) the number of each picture's unit; units that share an equal picture are one."""
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
