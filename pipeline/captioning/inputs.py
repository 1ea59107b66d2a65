"""What captions are, or are to be, written from, as arrays; see ``prompt.py`` for the letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from pipeline.captioning.prompt import PictureGroups, Prompt
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.runtime.arrays import Int64s


@dataclass(frozen=True)
class CaptionInputs:
    """One row for each caption."""

    picture: Int64s
    """(n,) rows of the feature bank."""
    facts: npt.NDArray[np.float32]
    """(n, f); see ``prompt.FACTS``."""
    around: Int64s
    """(n, w) rows of the feature bank; w is 0 for a decoder that does not read them."""
    context: npt.NDArray[np.int32]
    """(n, k, l) words of captions of earlier seconds; k is 0 for a decoder that reads none."""

    def __len__(self) -> int:
        return len(self.picture)

    @classmethod
    def concatenate(cls, parts: Sequence[CaptionInputs]) -> CaptionInputs:
        """The rows of all ``parts``, one after the other."""
        names = ("picture", "facts", "around", "context")
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))

    def take(self, rows: Int64s) -> CaptionInputs:
        """Some of the rows, in any order."""
        return CaptionInputs(
            self.picture[rows], self.facts[rows], self.around[rows], self.context[rows]
        )

    def prompt(self, bank: FeatureBank, device: torch.device) -> Prompt:
        """All rows as one prompt, in which every distinct picture comes once."""
        pictures, index = np.unique(self.picture, return_inverse=True)
        return self.prompt_on(pictures, index.astype(np.int64), bank, device)

    def prompt_on(
        self, pictures: Int64s, index: Int64s, bank: FeatureBank, device: torch.device
    ) -> Prompt:
        """The prompt with ``pictures`` (u,) in this order, ``index`` (n,) the one of each row."""
        shape = (len(self), self.around.shape[1], bank.row_shape[-1])
        around = bank.means[self.around] if shape[1] else np.empty(shape, np.float16)
        # Captions of one second share a context, which is embedded once.
        context, context_of = np.unique(self.context, axis=0, return_inverse=True)
        return Prompt(
            bank.gather(pictures).to(device, non_blocking=True),
            PictureGroups.from_pictures(index, device),
            torch.from_numpy(self.facts).to(device),
            torch.from_numpy(around).to(device),
            torch.from_numpy(context.astype(np.int64)).to(device),
            torch.from_numpy(context_of.reshape(-1)).to(device),
        )
