"""All pictures that a translator learns from and is measured by, in the domains of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from pipeline.runtime.arrays import Bools, Float32s, Int64s
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.quantities import counted
from pipeline.translation.pictures_file import DomainPictures

_SEED = 0  # of the order in which things are taken, where only a share is
NO_TRUTH = -1
"""Instead of the row of a picture's true translation."""


@dataclass(frozen=True)
class TrainingSet:
    """Collections one after the other; a row is a picture's number among all."""

    collections: Sequence[DomainPictures]
    domain_names: list[str]
    domains: Float32s
    """(n, d) of zeros and ones."""
    share: float = 1.0
    """Of the things to learn from; the others are left out."""

    @classmethod
    def load(cls, paths: Sequence[Path], share: float = 1.0) -> TrainingSet:
        """Open the files of some collections.

        With a ``share`` some things are learned from; those of a smaller one are among them.

        Raises PipelineError: INVALID_SETTING where their sizes differ, NOTHING_USABLE where a
        domain has no picture to learn from.
        """
        found = [DomainPictures.load(path) for path in paths]
        _require_one_size(found, paths)
        names = list(dict.fromkeys(name for one in found for name in one.domain_names))
        table = np.zeros((sum(len(one.names) for one in found), len(names)), np.float32)
        start = 0
        for one in found:
            rows = slice(start, start + len(one.names))
            table[rows, [names.index(name) for name in one.domain_names]] = one.domains
            start = rows.stop
        made = cls(found, names, table, share)
        made._require_pictures_in_each()
        return made

    @property
    def size(self) -> int:
        """The side of a picture in pixels."""
        return self.collections[0].size

    @cached_property
    def held_out(self) -> Bools:
        """Which pictures are kept out of training (n,)."""
        return np.concatenate([one.held_out for one in self.collections])

    @property
    def exclusive(self) -> bool:
        """Whether each picture is in one domain; otherwise they are attributes."""
        return bool((self.domains.sum(1) == 1).all())

    def rows(self, *, held_out: bool) -> Int64s:
        """Of the pictures to learn from, or of those held out."""
        return self._sides[held_out]

    @cached_property
    def _sides(self) -> tuple[Int64s, Int64s]:
        """Rows to learn from, and those held out."""
        learned, out = np.flatnonzero(~self.held_out), np.flatnonzero(self.held_out)
        if self.share < 1:
            things = np.unique(self._things[learned])
            order = np.random.default_rng(_SEED).permutation(things)
            kept = order[: max(1, round(self.share * len(order)))]
            learned = learned[np.isin(self._things[learned], kept)]
        return learned, out

    def pictures(self, rows: Int64s, device: torch.device) -> Tensor:
        """(r, 3, size, size) in −1…1, with channels last in memory."""
        taken = np.empty((len(rows), self.size, self.size, 3), np.uint8)
        starts = np.cumsum([0, *(len(one.names) for one in self.collections)])
        which = np.searchsorted(starts, rows, side="right") - 1
        for index in np.unique(which):
            here = which == index
            taken[here] = self.collections[index].pictures[rows[here] - starts[index]]
        pixels = torch.from_numpy(taken).to(device).permute(0, 3, 1, 2)
        return pixels.float().div_(127.5).sub_(1)

    def truths(self, rows: Int64s, targets: Float32s) -> Int64s:
        """(r,) rows of the true pictures of the same things in ``targets`` (r, d), or NO_TRUTH.

        What is held out is no truth for what is learned from, and the other way round.
        """
        keys = zip(self._things[rows], targets.astype(bool), self.held_out[rows], strict=True)
        return np.array(
            [
                self._by_thing.get((thing, t.tobytes(), bool(out)), NO_TRUTH)
                for thing, t, out in keys
            ],
            np.int64,
        )

    def things(self, rows: Int64s) -> Int64s:
        """(r,) numbers of what pictures show; those of one file name have the same one."""
        return self._things[rows]

    @cached_property
    def _things(self) -> Int64s:
        names = [thing for one in self.collections for thing in one.things]
        numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
        return np.array([numbers[name] for name in names], np.int64)

    @cached_property
    def _by_thing(self) -> dict[tuple[int, bytes, bool], int]:
        rows = zip(self._things, self.domains.astype(bool), self.held_out, strict=True)
        found: dict[tuple[int, bytes, bool], int] = {}
        for row, (thing, domains, out) in enumerate(rows):
            found.setdefault((int(thing), domains.tobytes(), bool(out)), row)
        return found

    def counts(self, *, held_out: bool) -> dict[str, int]:
        """How many pictures of each domain are learned from, or held out."""
        sums = self.domains[self.rows(held_out=held_out)].sum(0).astype(int).tolist()
        return dict(zip(self.domain_names, sums, strict=True))

    def _require_pictures_in_each(self) -> None:
        counts = self.counts(held_out=False)
        bare = [name for name, count in counts.items() if not count]
        if bare:
            listed = ", ".join(f"{name} ({count:,})" for name, count in counts.items())
            raise PipelineError(
                ExitCode.NOTHING_USABLE,
                f"no picture of {' and '.join(bare)} is left to learn from; there are {listed},"
                f" and {counted(len(self.rows(held_out=True)), 'picture')} held out",
                "Add pictures, or hold out fewer: `translation: pictures: held_out:`",
            )


def _require_one_size(found: Sequence[DomainPictures], paths: Sequence[Path]) -> None:
    for one, path in zip(found, paths, strict=True):
        if one.size != found[0].size:
            raise PipelineError(
                ExitCode.BAD_ARTIFACT,
                f"{paths[0]} holds pictures of {found[0].size} pixels, and {path} of {one.size}",
                "Delete both, and make them with one `translation: pictures: size:`",
            )
