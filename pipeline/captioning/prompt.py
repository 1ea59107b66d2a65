"""All that comments are written from, and the true words that a captioner learns from.

n  comments   u  distinct pictures they are about   m  most comments on one of them
p  positions of a grid   c  channels   w  pictures around   f  facts of a moment
x  distinct contexts, each k comments of l words
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from pipeline.runtime.arrays import Int64s

FACTS = ("time", "from_start", "to_end", "rate")
"""f: what is known of a moment beside its picture. The time as a share of the episode; how near
its start and its end are, e to the minus seconds / 10; the logarithm of 1 and the comments that
its second gets."""
CONTEXT_COMMENTS, CONTEXT_WORDS = 5, 8
"""k and l: the last comments of earlier seconds, as LiveBot (Ma et al. 2019) reads them; the
first words of each."""
AROUND = (-4.0, -2.0, 2.0)
"""w: where, in seconds from a comment's picture, the pictures around it are taken."""


def shared_rows(table: Tensor, which: Tensor) -> Tensor:
    """``table[which]`` (n, …), where several of n may share a row and gradients are wanted.

    Of what is indexed, threads add up the gradients in whatever order they come to them; of an
    embedding, always in the same one.
    """
    found = functional.embedding(which, table.flatten(1))
    return found.view(len(which), *table.shape[1:])


class Seating(NamedTuple):
    """Which picture each comment is about, and a place for it in a table of (u, m).

    So comments on one picture look at it together, and no copy of it is made for each.
    """

    which: Tensor
    """(n,)"""
    seats: Tensor
    """(n,) places in the table, row by row."""
    most: int
    """m"""

    @classmethod
    def of(cls, which: Int64s, device: torch.device) -> Seating:
        """Seat comments in their order."""
        order = np.argsort(which, kind="stable")
        _, first, counts = np.unique(which[order], return_index=True, return_counts=True)
        rank = np.empty_like(which)
        rank[order] = np.arange(len(which)) - np.repeat(first, counts)
        most = int(counts.max())
        seats = which * most + rank
        return cls(torch.from_numpy(which).to(device), torch.from_numpy(seats).to(device), most)

    def together(self, rows: Tensor, per_picture: Tensor) -> Tensor:
        """Multiply rows (k, a), k <= n, by the matrix (u, a, b) of their picture: (k, b)."""
        seats = self.seats[: len(rows)]
        u = len(per_picture)
        table = rows.new_zeros(u * self.most, rows.shape[1]).index_copy(0, seats, rows)
        product = torch.bmm(table.view(u, self.most, -1), per_picture.to(rows.dtype))
        return product.flatten(0, 1)[seats]


class Prompt(NamedTuple):
    """What comments are written from."""

    features: Tensor
    """(u, p, c) grids or (u, c) vectors, float16."""
    seating: Seating
    facts: Tensor
    """(n, f) float32; see ``FACTS``."""
    around: Tensor
    """(n, w, c) the mean positions of pictures around, float16; see ``AROUND``."""
    context: Tensor
    """(x, k, l) word ids of comments of earlier seconds, the last one last, padded."""
    context_of: Tensor
    """(n,) which context each comment has."""


class Words(NamedTuple):
    """True words, the first of all comments, then the second, …: the longest comment first."""

    read: Tensor
    """(words,) begin marks and words; what each place knows."""
    truth: Tensor
    """(words,) words and end marks; what comes at each place."""
    comment: Tensor
    """(words,) the comment of each place."""
    last: Tensor
    """(n,) the place of each comment's end mark."""
    going: list[int]
    """How many comments have a first word, a second, …"""


class Masks(NamedTuple):
    """What dropout keeps, scaled: one draw for all words of a comment (Gal & Ghahramani 2016)."""

    picture: Tensor
    """(u, d) channels of projected pictures."""
    word: Tensor
    """(n, d) of the words read."""
    mind: Tensor
    """(n, d) of what words are told from."""
