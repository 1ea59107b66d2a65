"""What a taste looks at: the crop of a face, the whole picture, or both."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from pipeline.faces.scores.settings import View
from pipeline.faces.scores.subjects import Subject
from pipeline.pictures.cells import CELLS, cell_means
from pipeline.pictures.feature_bank import FeatureBank, taps_of_all
from pipeline.runtime.arrays import Float32s

CROP: Final = "crop"
PICTURE: Final = "picture"


@dataclass(frozen=True)
class Seen:
    """Feature files of some items: of their pictures, and of their crops if they are looked at."""

    pictures: Sequence[Path]
    crops: Sequence[Path] = ()

    @property
    def network(self) -> tuple[str, str]:
        """The backbone and its weights. Raises PipelineError BAD_ARTIFACT if there are several."""
        return taps_of_all([*self.pictures, *self.crops])[1:]

    def choices(self, of: View) -> list[list[str]]:
        """Taps that are tried together, each called by what is looked at: ``crop pooled``."""
        taps = taps_of_all([*self.pictures, *self.crops])[0]
        on_crop, on_picture = ([f"{view} {tap}" for tap in taps] for view in (CROP, PICTURE))
        alone = {
            "crop": [*([tap] for tap in on_crop), on_crop],
            "picture": [*([tap] for tap in on_picture), on_picture],
            "both": [[*on_crop, *on_picture]],
        }
        wanted = alone if of == "auto" else {of: alone[of]}
        found = [some for lists in wanted.values() for some in lists]
        return [list(one) for one in dict.fromkeys(map(tuple, found))]

    def values(self, tap: str, places: Sequence[tuple[int, Subject]]) -> Float32s:
        """(n, c) of a tap called as in ``choices``, for subjects of items; see ``cell_means``."""
        view, _, name = tap.partition(" ")
        paths = self.crops if view == CROP else self.pictures
        starts = FeatureBank(paths, name).starts
        rows = [
            starts[item] + (subject.crop_row if view == CROP else subject.row)
            for item, subject in places
        ]
        return cell_means(paths, name, np.array(rows, np.int64))

    def has_parts(self, tap: str) -> bool:
        """Whether a tap called as in ``choices`` tells the parts of a crop apart."""
        view, _, name = tap.partition(" ")
        if view != CROP:
            return False
        side = math.isqrt(FeatureBank(self.crops, name).row_shape[0])
        return len(FeatureBank(self.crops, name).row_shape) == 2 and side >= CELLS
