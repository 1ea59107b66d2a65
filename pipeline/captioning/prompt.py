"""What captions are written from, and the true words that a captioner learns from, as tensors.

n  captions   u  distinct pictures they are about   m  captions on the most crowded of them
p  positions of a grid   c  channels   w  pictures around   f  facts
x  distinct contexts, each k captions of l words
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from pipeline.runtime.arrays import Int64s

FACTS = ("time", "from_start", "to_end", "rate")
"""f: what is known of a caption's moment besides its picture. The time as a share of the video; how
near its start and its end are, exp(-seconds / 10); log(1 + captions in its second)."""
CONTEXT_CAPTIONS, CONTEXT_WORDS = 5, 8
"""k and l: the last captions of earlier seconds, as LiveBot (Ma et al. 2019) reads them, and the
first words of each."""
AROUND = (-4.0, -2.0, 2.0)
"""w: offsets in seconds, from a caption's picture, of the pictures around it."""


def shared_rows(table: Tensor, index: Tensor) -> Tensor:
    """``table[index]`` (n, …), with deterministic gradients where several of n share a row.

    The backward pass of indexing adds gradients up in whatever order threads arrive; that of an
    embedding always in the same one.
    """
    rows = functional.embedding(index, table.flatten(1))
    return rows.view(len(index), *table.shape[1:])


class PictureGroups(NamedTuple):
    """Which picture each caption is about, and its slot in a padded table (u, m).

    Captions on one picture attend to it in one batched product, and no copy of the picture is made
    for each caption.
    """

    picture: Tensor
    """(n,) the picture of each caption."""
    slots: Tensor
    """(n,) row of each caption in the table, flattened to (u · m)."""
    size: int
    """m"""

    @classmethod
    def from_pictures(cls, picture: Int64s, device: torch.device) -> PictureGroups:
        """Captions on one picture take its slots in their order."""
        order = np.argsort(picture, kind="stable")
        _, first, counts = np.unique(picture[order], return_index=True, return_counts=True)
        rank = np.empty_like(picture)  # of a caption among those on its picture
        rank[order] = np.arange(len(picture)) - np.repeat(first, counts)
        size = int(counts.max())
        slots = torch.from_numpy(picture * size + rank).to(device)
        return cls(torch.from_numpy(picture).to(device), slots, size)

    def bmm(self, rows: Tensor, per_picture: Tensor) -> Tensor:
        """Multiply rows (k, a), k <= n, by the matrix (u, a, b) of their picture: (k, b)."""
        slots = self.slots[: len(rows)]
        u = len(per_picture)
        table = rows.new_zeros(u * self.size, rows.shape[1]).index_copy(0, slots, rows)  # (u·m, a)
        product = torch.bmm(table.view(u, self.size, -1), per_picture.to(rows.dtype))  # (u, m, b)
        return product.flatten(0, 1)[slots]  # (k, b)


class Prompt(NamedTuple):
    """What captions are written from."""

    features: Tensor
    """(u, p, c) grids or (u, c) vectors, float16."""
    groups: PictureGroups
    facts: Tensor
    """(n, f) float32; see ``FACTS``."""
    around: Tensor
    """(n, w, c) the pooled features of pictures around, float16; see ``AROUND``."""
    context: Tensor
    """(x, k, l) word ids of captions of earlier seconds, the last one last, padded."""
    context_of: Tensor
    """(n,) which context each caption has."""


class PackedWords(NamedTuple):
    """True words in the order of a ``PackedSequence``: all first words, all second words, ….

    Captions are sorted by length, the longest first. ``words`` counts end marks.
    """

    inputs: Tensor
    """(words,) begin marks and words: what is read at each place."""
    targets: Tensor
    """(words,) words and end marks: what comes next."""
    caption: Tensor
    """(words,) the caption of each place."""
    last: Tensor
    """(n,) the place of each caption's end mark."""
    batch_sizes: list[int]
    """How many captions have a first word, a second, …."""
