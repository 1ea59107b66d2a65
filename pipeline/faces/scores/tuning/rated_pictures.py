"""What a network looks at: pictures or crops, read when they are needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import torch
from torch import Tensor

from pipeline.faces.scores.subjects import Subject
from pipeline.faces.scores.views import CROP


@dataclass(frozen=True)
class RatedPictures:
    """Pictures of subjects, in their order."""

    files: Sequence[Path]
    """``frames.h5`` of each collection, or of its crops."""
    places: Sequence[tuple[int, Subject]]
    view: str

    def __len__(self) -> int:
        return len(self.places)

    def read(self, numbers: Sequence[int]) -> Tensor:
        """(n, 3, s, s) uint8 of the subjects of these numbers."""
        found = []
        for number in numbers:
            item, subject = self.places[number]
            with h5py.File(self.files[item], "r") as file:
                row = subject.crop_row if self.view == CROP else subject.row
                found.append(file["pictures"][row])
        return torch.from_numpy(np.stack(found)).permute(0, 3, 1, 2)

    @property
    def size(self) -> int:
        """Pixels of their side."""
        with h5py.File(self.files[0], "r") as file:
            return int(file["pictures"].shape[1])
