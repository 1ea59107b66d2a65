"""Peak positions of attention maps, as the pointing game needs them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def peak_positions(weights: npt.NDArray[np.floating[Any]], side: int) -> npt.NDArray[np.float64]:
    """The centre (x, y) of the position with the greatest weight, for maps (…, p).

    The p = ``side``² positions cover the whole picture row by row. Returns (…, 2): shares of
    its width and height, 0–1 from its top left corner. Ties go to the first position.
    """
    row, column = np.divmod(weights.argmax(-1), side)
    return (np.stack([column, row], -1) + 0.5) / side
