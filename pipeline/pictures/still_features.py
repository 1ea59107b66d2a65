"""``features.h5`` of stills: only pictures that are new go through the network.

The rows lie in ``features.rows.h5`` beside it, in the order of those of ``frames.rows.h5``, and
``features.h5`` shows them; see ``row_store``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np

from pipeline.pictures.features_file import row_count
from pipeline.pictures.row_store import KEY, Column, RowStore
from pipeline.runtime.arrays import Float16s, UInt8s
from pipeline.runtime.atomic_files import published

_OF_THE_PICTURES = ("source", "pictures")
"""Attributes that say from which pictures the rows are; the others, how they were computed."""


class StillFeatureBuilder:
    """A store being filled, row after row: what ``FeatureBuilder`` is for a video."""

    def __init__(self, store: RowStore, keys: UInt8s) -> None:
        self._store, self._keys = store, keys

    @property
    def next(self) -> int:
        """The row that comes next."""
        return self._store.count

    def append(self, taps: Mapping[str, Float16s]) -> None:
        """Add the next rows of every tap."""
        keys = self._keys[self.next : self.next + row_count(taps)]
        self._store.append({KEY: keys, **taps})


@contextmanager
def building_still_features(
    target: Path,
    keys: UInt8s,
    shapes: Mapping[str, tuple[int, ...]],
    attributes: Mapping[str, str],
) -> Iterator[StillFeatureBuilder]:
    """Fill ``target`` with a row for each picture of ``keys``, taking those that are there.

    ``shapes`` are the shapes of a row by tap. The file takes its name when the block ends without
    an exception. Raises PipelineError: DISK_FULL, BUSY.
    """
    how = {name: value for name, value in attributes.items() if name not in _OF_THE_PICTURES}
    columns = {name: Column(np.float16, shape) for name, shape in shapes.items()}
    path = target.with_name(f"{target.stem}.rows.h5")
    with RowStore(path, columns, how) as store:
        store.arrange(keys)
        store.reserve(len(keys))
        yield StillFeatureBuilder(store, keys)
        assert store.count == len(keys), f"{store.count} of {len(keys)} rows"
        with published(target) as temporary, h5py.File(temporary, "w") as file:
            file.attrs.update(attributes)
            for name in shapes:
                store.show(file, name)
            file["done"] = len(keys)
