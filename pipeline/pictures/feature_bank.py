"""The features of several videos as one long table, read a few rows at a time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import h5py
import numpy as np
import torch
from torch import Tensor

from pipeline.pictures.features_file import FeatureStore
from pipeline.runtime.arrays import Float16s, Int64s
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.sample_size import ROUNDING_32

_BATCH = 256  # rows in memory at once where all are read
_SHARE_OF_FREE_MEMORY = 0.5  # of a GPU; the rest is for the model and its gradients


class FeatureStatistics(NamedTuple):
    """Mean and deviation of the features of pictures, for each channel (c,)."""

    mean: Tensor
    """Over all positions of all pictures."""
    std: Tensor
    """Over all positions of all pictures."""
    spread: Tensor
    """Standard deviation, over pictures, of the mean of the standardised positions."""


class FeatureBank:
    """One tap of several videos, memory-mapped without a copy, or resident on a GPU.

    Rows are pictures, video after video; each is (p, c) for a grid of p positions, or (c,).
    """

    def __init__(self, paths: Sequence[Path], tap: str, batch: int = _BATCH) -> None:
        """``paths`` are feature files that have ``tap``; ``batch`` rows are read at once."""
        self._batch = batch
        self._maps: list[Float16s] = [_memory_map(path, tap) for path in paths]
        self._resident: Tensor | None = None
        self.starts = np.cumsum([0, *(len(rows) for rows in self._maps)])
        """The first row of each video, and the number of all rows."""

    @property
    def row_shape(self) -> tuple[int, ...]:
        """(p, c) or (c,)."""
        return self._maps[0].shape[1:]

    def reside_on(self, device: torch.device) -> bool:
        """Copy all rows to a GPU if they fit, and return whether they do."""
        if device.type != "cuda":
            return False
        free, _ = torch.cuda.mem_get_info(device)
        if sum(rows.nbytes for rows in self._maps) > _SHARE_OF_FREE_MEMORY * free:
            return False
        self._resident = torch.cat([torch.from_numpy(np.array(rows)) for rows in self._maps])
        self._resident = self._resident.to(device)
        return True

    def gather(self, rows: Int64s) -> Tensor:
        """Rows (u,), in any order, as float16 (u, p, c) or (u, c), where the bank resides."""
        if self._resident is not None:
            return self._resident[torch.from_numpy(rows).to(self._resident.device)]
        if len(self._maps) == 1:
            return torch.from_numpy(np.asarray(self._maps[0][rows]))
        video = np.searchsorted(self.starts, rows, side="right") - 1
        taken = np.empty((len(rows), *self.row_shape), np.float16)
        for index in np.unique(video):
            here = video == index
            taken[here] = self._maps[index][rows[here] - self.starts[index]]
        return torch.from_numpy(taken)

    @cached_property
    def means(self) -> Float16s:
        """(rows, c) the mean over the positions of every picture; a vector is its own mean."""
        means = np.empty((self.starts[-1], self.row_shape[-1]), np.float16)
        for video, start in zip(self._maps, self.starts, strict=False):
            for first in range(0, len(video), self._batch):
                rows = video[first : first + self._batch].reshape(-1, *video.shape[1:])
                mean = rows.mean(1, np.float32) if rows.ndim == 3 else rows
                means[start + first : start + first + len(rows)] = mean
        return means

    def statistics(self, max_rows: int = 1024) -> FeatureStatistics:
        """Measure at most ``max_rows`` rows, spread evenly."""
        rows = np.unique(np.linspace(0, self.starts[-1] - 1, max_rows).astype(np.int64))
        values = self.gather(rows).float()
        if values.ndim == 2:
            values = values[:, None]  # a vector is a grid of one position
        flat = values.flatten(0, 1)
        mean = flat.mean(0)
        std = _or_one(flat.std(0, unbiased=False), mean.abs())
        pooled = (values.mean(1) - mean) / std
        spread = _or_one(pooled.std(0, unbiased=False), mean.abs() / std + 1)
        return FeatureStatistics(mean, std, spread)


class MeanPictureBank(FeatureBank):
    """Every row replaced by the mean over pictures: the no-vision ablation."""

    def __init__(self, paths: Sequence[Path], tap: str, batch: int = _BATCH) -> None:
        super().__init__(paths, tap, batch)
        total = np.zeros(self.row_shape)
        for video in self._maps:
            for first in range(0, len(video), batch):
                total += video[first : first + batch].sum(0, np.float64)
        mean = (total / self.starts[-1]).astype(np.float16)
        self._maps = [np.broadcast_to(mean, video.shape) for video in self._maps]


class ConstantBank(FeatureBank):
    """As many rows as wanted, all of them the same: a model that reads them is blind."""

    def __init__(self, row: Float16s, rows: int) -> None:
        """``row`` is (p, c) or (c,)."""
        self._batch = _BATCH
        self._maps = [np.broadcast_to(row, (rows, *row.shape))]
        self._resident = None
        self.starts = np.array([0, rows])


def _or_one(std: Tensor, scale: Tensor) -> Tensor:
    """``std``, with 1 for channels that never change: divided by it they stay at zero.

    A deviation within the rounding errors of values of this ``scale`` counts as no change.
    """
    return torch.where(std > ROUNDING_32 * scale, std, torch.ones_like(std))


def _memory_map(path: Path, tap: str) -> Float16s:
    """The rows of a tap, from the file in which they lie."""
    with h5py.File(path, "r") as file:
        data, shape = file[tap], file[tap].shape
        if not data.is_virtual:
            return np.memmap(path, np.float16, "r", data.id.get_offset(), shape)
        (source,) = data.virtual_sources()
    with h5py.File(path.parent / source.file_name, "r") as file:
        offset = file[source.dset_name].id.get_offset()
        return np.memmap(file.filename, np.float16, "r", offset, shape)


def check_same_backbone(paths: Sequence[Path], grid: bool) -> tuple[str, str, str, int]:
    """The tap, backbone, weights and number of channels that all feature files share.

    Raises PipelineError BAD_ARTIFACT where they differ.
    """
    kinds = set()
    for path in paths:
        with FeatureStore(path) as store:
            tap = store.tap_for(grid=grid)
            kinds.add((tap, store.backbone, store.weights, store.taps[tap][-1]))
    if len(kinds) > 1:
        raise PipelineError(
            ExitCode.BAD_ARTIFACT,
            f"the training videos' features are of different kinds: {sorted(kinds)}",
            "Run again with one `features:` setting for all",
        )
    return kinds.pop()


def taps_of_all(paths: Sequence[Path]) -> tuple[list[str], str, str]:
    """The taps that all feature files share, their backbone and its weights.

    Raises PipelineError BAD_ARTIFACT where they are of different networks.
    """
    kinds, taps = set(), []
    for path in paths:
        with FeatureStore(path) as store:
            kinds.add((store.backbone, store.weights))
            taps.append(store.taps)
    if len(kinds) > 1:
        raise PipelineError(
            ExitCode.BAD_ARTIFACT,
            f"the training collections' features are of different networks: {sorted(kinds)}",
            "Run again with one `features:` setting for all",
        )
    backbone, weights = kinds.pop()
    return [tap for tap in taps[0] if all(tap in some for some in taps)], backbone, weights
