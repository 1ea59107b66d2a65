"""Where maps of attention point."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.runtime.arrays import Float64s


def peak_positions(weights: npt.NDArray[np.floating[Any]], side: int) -> Float64s:
    """The centre (x, y) of the position that counted most, for each of the maps (…, p).

    The p = ``side``² positions cover the whole picture row by row. Returns (…, 2): shares of
    its width and of its height, 0–1 from its top left corner. Of equal ones the first counts.
    """
    row, column = np.divmod(weights.argmax(-1), side)
    return (np.stack([column, row], -1) + 0.5) / side
