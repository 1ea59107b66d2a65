"""Which pictures are held out of training, so that a model is measured on unseen ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.pictures.settings import HeldOutSettings
from pipeline.pictures.units import unit_numbers
from pipeline.runtime.arrays import Bools, Int64s


def held_out(names: Sequence[str], rows: Int64s, settings: HeldOutSettings, seed: int) -> Bools:
    """(frames,) which pictures are held out, by their names and ``rows`` of equal ones (frames,).

    At least one unit is, and never all of several.
    """
    units = unit_numbers(names, rows, settings.by)
    distinct = np.unique(units)
    count = min(max(1, round(settings.share * len(distinct))), max(1, len(distinct) - 1))
    chosen = np.random.default_rng([seed, len(distinct)]).permutation(distinct)[:count]
    return np.isin(units, chosen)
