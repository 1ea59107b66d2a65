"""``features.h5``: the activations of a network for each distinct picture.

Each tap is a contiguous float16 dataset, a row a picture, in the order of frames.h5:
(pictures, positions, channels) for a grid, (pictures, channels) for a vector. ``done`` is the
number of finished rows. The attributes say where they come from: backbone, weights (with their
digest), preprocessing, precision, source (the source's fingerprint), pictures (the fingerprint
of frames.h5), settings, batch and code.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np

from pipeline.pictures.row_store import open_rows, preallocate
from pipeline.runtime.arrays import Float16s
from pipeline.runtime.atomic_files import replace_durably
from pipeline.runtime.disk_space import require_space
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.logs import log


class FeatureBuilder:
    """A store being filled, row after row."""

    def __init__(self, file: h5py.File, taps: Iterable[str], flush_every: float) -> None:
        self._file = file
        self._taps = {name: file[name] for name in taps}
        self._watermark = file["done"]
        self._flush_every = flush_every
        self._flushed_at = time.monotonic()
        self.next = int(self._watermark[()])
        """The row that comes next."""

    def append(self, taps: Mapping[str, Float16s]) -> None:
        """Add the next rows of every tap."""
        stop = self.next + row_count(taps)
        for name, rows in taps.items():
            self._taps[name][self.next : stop] = rows
        self.next = stop
        if time.monotonic() - self._flushed_at >= self._flush_every:
            self.flush()

    def flush(self) -> None:
        """Make the rows safe against kill -9: rows first, and only then their number."""
        self._file.flush()
        self._watermark[()] = self.next
        self._file.flush()
        self._flushed_at = time.monotonic()


def row_count(taps: Mapping[str, Float16s]) -> int:
    """How many pictures these rows are of."""
    return len(next(iter(taps.values())))


def caveat(weights: str) -> str:
    """What to add to figures that rest on a network with these ``weights``; mostly nothing."""
    return " (features are of a network with random weights)" if is_random(weights) else ""


def is_random(weights: str) -> bool:
    """Whether a store's ``weights`` were never trained, so that they recognise little."""
    return weights.startswith("random")


@contextmanager
def building_features(
    target: Path,
    rows: int,
    shapes: Mapping[str, tuple[int, ...]],
    attributes: Mapping[str, str],
    flush_every: float = 0.5,
) -> Iterator[FeatureBuilder]:
    """Fill ``target``, resuming where a killed run with the same ``attributes`` stopped.

    ``shapes`` are the shapes of a row by tap. The rows of a killed run's last ``flush_every``
    seconds are lost. The file takes its name when the block ends without an exception.
    Raises PipelineError: DISK_FULL if there is no room for all of it, BUSY if another process
    is still writing it.
    """
    partial = target.with_name(f".{target.name}.partial")
    target.parent.mkdir(parents=True, exist_ok=True)
    if partial.exists() and not _continues(partial, rows, attributes):
        partial.unlink()
    size = rows * sum(math.prod(shape) for shape in shapes.values()) * 2
    there = partial.stat().st_blocks * 512 if partial.exists() else 0
    require_space(target.parent, size - there)
    log.debug("%s rows take %s MB", f"{rows:,}", f"{size / 1e6:,.1f}")
    with open_rows(partial, "r+" if partial.exists() else "w") as file:
        if "done" not in file:
            file.attrs.update(attributes)
            for name, shape in shapes.items():
                preallocate(file, name, np.float16, (rows, *shape))
            file["done"] = 0
            file.flush()
        builder = FeatureBuilder(file, shapes, flush_every)
        try:
            yield builder
        finally:
            builder.flush()
        assert builder.next == rows, f"{builder.next} of {rows} rows"
    replace_durably(partial, target)


def _continues(partial: Path, rows: int, attributes: Mapping[str, str]) -> bool:
    """Whether a partial file is readable and was begun with the same ``attributes``."""
    try:
        with open_rows(partial, "r") as file:
            same = all(file.attrs.get(key) == value for key, value in attributes.items())
            return same and "done" in file and int(file["done"][()]) <= rows
    except OSError:
        return False


class FeatureStore:
    """A finished ``features.h5``, open for reading."""

    def __init__(self, path: Path) -> None:
        self._file = h5py.File(path, "r")
        self.taps: dict[str, tuple[int, ...]] = {
            name: data.shape[1:] for name, data in self._file.items() if name != "done"
        }
        """A row's shape, by tap."""
        self.backbone = str(self._file.attrs["backbone"])
        self.weights = str(self._file.attrs["weights"])
        self.rows = int(self._file["done"][()])

    def __enter__(self) -> FeatureStore:
        return self

    def __exit__(self, *failure: object) -> None:
        self._file.close()

    def tap_for(self, *, grid: bool) -> str:
        """The name of the first tap that is a grid of positions, or else of the first vector.

        Raises PipelineError BAD_ARTIFACT where there is none.
        """
        for name, shape in self.taps.items():
            if (len(shape) == 2) == grid:
                return name
        kind = "a grid of positions" if grid else "a single vector"
        raise PipelineError(
            ExitCode.BAD_ARTIFACT,
            f"{self._file.filename} has no tap that is {kind}, only {', '.join(self.taps)}",
            "Add one to `features: taps:`, or change `train: {captioner: {attention: …}}`",
        )

    def tap_named(self, name: str) -> str:
        """``name``; raises PipelineError INVALID_SETTING where there is no such tap."""
        if name in self.taps:
            return name
        raise PipelineError(
            ExitCode.INVALID_SETTING,
            f"{self._file.filename} has no tap called {name}, only {', '.join(self.taps)}",
            "Name one of these, or add it to `features: taps:`",
        )
