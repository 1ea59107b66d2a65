"""``*.rows.h5``: rows that are added and never change, which other files show as theirs.

Each column is a contiguous dataset (capacity, …) of which the first ``done`` rows are filled.
``key`` (capacity, 16) uint8 tells rows apart. Capacity that is not used takes no disk, as the
file is sparse there. A file that shows rows has them as virtual datasets, so that it can be
published whole while the rows themselves stay where they are.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import h5py
import numpy as np
import numpy.typing as npt

from pipeline.runtime.arrays import UInt8s
from pipeline.runtime.atomic_files import replace_durably
from pipeline.runtime.disk_space import require_space
from pipeline.runtime.errors import ExitCode, PipelineError

KEY_BYTES = 16
KEY = "key"
_DONE = "done"
_SPARE = 1.25  # capacity over the rows that are needed, so that a few more need no copy
_LEAST_SPARE = 256
_SECONDS_BETWEEN_FLUSHES = 0.5
_COPIED_BYTES = 1 << 26  # at once


class Column(NamedTuple):
    """What one value of a row is."""

    dtype: npt.DTypeLike
    shape: tuple[int, ...]

    @property
    def nbytes(self) -> int:
        """Bytes of one value."""
        return int(np.dtype(self.dtype).itemsize * np.prod(self.shape, dtype=int))


class RowStore:
    """An open file of rows. Those of the last half second are lost where a process is killed."""

    def __init__(
        self, path: Path, columns: Mapping[str, Column], attributes: Mapping[str, str]
    ) -> None:
        """Go on with ``path``, or begin anew unless it has these columns and ``attributes``.

        Raises PipelineError BUSY if another process is still writing it.
        """
        self._path, self._attributes = path, attributes
        self._columns = {**columns, KEY: Column(np.uint8, (KEY_BYTES,))}
        path.parent.mkdir(parents=True, exist_ok=True)
        if not (path.exists() and self._fits()):
            _create(path, self._columns, attributes, 0)
        self._file = open_rows(path, "r+")
        self.count = int(self._file[_DONE][()])
        """Rows that are filled."""
        self._flushed_at = time.monotonic()

    def __enter__(self) -> RowStore:
        return self

    def __exit__(self, *failure: object) -> None:
        self.flush()
        self._file.close()

    def filled(self, name: str) -> npt.NDArray[Any]:
        """(count, …) all rows of a column."""
        return np.asarray(self._file[name][: self.count])

    def reserve(self, rows: int) -> None:
        """Make room for ``rows`` in all. Raises PipelineError DISK_FULL."""
        new = max(0, rows - self.count)
        require_space(self._path.parent, new * sum(c.nbytes for c in self._columns.values()))
        if rows > len(self._file[KEY]):
            self._rewrite(np.arange(self.count), rows)

    def append(self, rows: Mapping[str, npt.NDArray[Any]]) -> None:
        """Add rows of every column and their keys; room must have been reserved."""
        stop = self.count + len(rows[KEY])
        for name in self._columns:
            self._file[name][self.count : stop] = rows[name]
        self.count = stop
        if time.monotonic() - self._flushed_at >= _SECONDS_BETWEEN_FLUSHES:
            self.flush()

    def arrange(self, keys: UInt8s) -> None:
        """Let the rows be those of ``keys`` (n, 16), in this order, up to the first unknown one."""
        mine = self.filled(KEY)
        if len(mine) <= len(keys) and np.array_equal(mine, keys[: len(mine)]):
            return
        places = {key.tobytes(): place for place, key in enumerate(mine)}
        rows: list[int] = []
        for key in keys:
            place = places.get(key.tobytes())
            if place is None:
                break
            rows.append(place)
        self._rewrite(np.array(rows, np.int64), len(keys))

    def show(self, file: h5py.File, name: str) -> None:
        """Let ``file``, which will lie beside this one, have all rows of a column as a dataset."""
        column = self._file[name]
        shape = (self.count, *column.shape[1:])
        shown, rows = h5py.h5s.create_simple(shape), column.id.get_space()
        layout = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        layout.set_obj_track_times(False)  # equal rows must give equal bytes
        if self.count:
            rows.select_hyperslab((0,) * len(shape), shape)
            layout.set_virtual(shown, self._path.name.encode(), name.encode(), rows)
        h5py.h5d.create(file.id, name.encode(), column.id.get_type(), shown, layout)

    def flush(self) -> None:
        """Make the rows safe against kill -9: rows first, and only then their number."""
        self._file.flush()
        self._file[_DONE][()] = self.count
        self._file.flush()
        self._flushed_at = time.monotonic()

    def _fits(self) -> bool:
        try:
            with open_rows(self._path, "r") as file:
                shapes = {n: (d.dtype, d.shape[1:]) for n, d in file.items() if n != _DONE}
                wanted = {n: (np.dtype(c.dtype), c.shape) for n, c in self._columns.items()}
                return _DONE in file and shapes == wanted and dict(file.attrs) == self._attributes
        except OSError:  # of a process that was killed as it created the file
            return False

    def _rewrite(self, rows: npt.NDArray[np.int64], needed: int) -> None:
        """Replace the file by one with these ``rows`` and room for ``needed``."""
        partial = self._path.with_name(f".{self._path.name}.partial")
        try:
            _create(partial, self._columns, self._attributes, needed)
            with open_rows(partial, "r+") as file:
                for name, column in self._columns.items():
                    step = max(1, _COPIED_BYTES // column.nbytes)
                    for start in range(0, len(rows), step):
                        part = rows[start : start + step]
                        file[name][start : start + len(part)] = _taken(self._file[name], part)
                file[_DONE][()] = len(rows)
            replace_durably(partial, self._path)
        finally:
            partial.unlink(missing_ok=True)
        self._file.close()
        self._file, self.count = open_rows(self._path, "r+"), len(rows)


def _taken(data: h5py.Dataset, rows: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    """Some of the rows, in any order."""
    if np.array_equal(rows, np.arange(rows[0], rows[0] + len(rows))):
        return np.asarray(data[rows[0] : rows[-1] + 1])
    distinct, place = np.unique(rows, return_inverse=True)
    return np.asarray(data[distinct])[place]


def _create(
    path: Path, columns: Mapping[str, Column], attributes: Mapping[str, str], rows: int
) -> None:
    capacity = max(int(rows * _SPARE), rows + _LEAST_SPARE)
    with open_rows(path, "w") as file:
        file.attrs.update(attributes)
        for name, column in columns.items():
            preallocate(file, name, column.dtype, (capacity, *column.shape))
        file[_DONE] = 0


def preallocate(file: h5py.File, name: str, dtype: npt.DTypeLike, shape: tuple[int, ...]) -> None:
    """A contiguous dataset whose values are not written yet; equal values give equal bytes."""
    layout = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    layout.set_layout(h5py.h5d.CONTIGUOUS)
    layout.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    layout.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
    layout.set_obj_track_times(False)
    space = h5py.h5s.create_simple(shape)
    kind = h5py.h5t.py_create(np.dtype(dtype))
    h5py.h5d.create(file.id, name.encode(), kind, space, layout)


def open_rows(path: Path, mode: str) -> h5py.File:
    """Open a file that one process at a time may write. Raises PipelineError BUSY."""
    try:
        return h5py.File(path, mode)
    except BlockingIOError:
        raise PipelineError(
            ExitCode.BUSY,
            f"another process is still writing {path}",
            "Wait for it or stop it, then run again",
            may_pass=True,
        ) from None
