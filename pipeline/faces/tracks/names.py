"""Names that a person gave to faces, found again where the faces were boxed anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np

from pipeline.faces.crops.crops_file import Crop
from pipeline.faces.detection.overlaps import overlaps
from pipeline.faces.detection.union import SAME_FACE
from pipeline.labels.crop_names import of_crop


def found_again(names: Mapping[str, str], crops: Iterable[Crop]) -> dict[str, str]:
    """The ``names`` by crops that are there; those of lost ones are not among them.

    A crop that is not there any more is that of the same picture whose box covers most of its
    own: an intersection over union of one half at the least.
    """
    there: dict[str, list[Crop]] = defaultdict(list)
    for crop in crops:
        there[crop.picture].append(crop)
    files = {crop.file for some in there.values() for crop in some}
    found = {}
    for file, name in names.items():
        if file in files:
            found[file] = name
        elif (known := of_crop(file)) and (others := there.get(known[0])):
            shared = overlaps(_rows([known[1]]), _rows([crop.box for crop in others]))[0]
            if shared.max() >= SAME_FACE:
                found.setdefault(others[int(shared.argmax())].file, name)
    return found


def _rows(boxes: list[tuple[float, float, float, float]]) -> np.ndarray:
    return np.array(boxes, np.float32)
