"""``captions.explained.h5``: where a model looked for its lines, and what it had learned nearby.

::

    frame      (n,) int64              of each line, as in captions.jsonl
    near       (n, k) int64            the most similar training pictures, by places in learned.h5
    similarity (n, k) float32          their cosines
    heat       (n, p) uint8            where the words of the best line looked; p is 0 for a model
                                       without attention
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import h5py

from pipeline.runtime.arrays import Float32s, Int64s, UInt8s
from pipeline.runtime.atomic_files import published


@dataclass(frozen=True)
class ExplainedCaptions:
    """The tables; see above."""

    frame: Int64s
    near: Int64s
    similarity: Float32s
    heat: UInt8s

    @classmethod
    def load(cls, path: Path) -> ExplainedCaptions:
        """Read the tables."""
        with h5py.File(path, "r") as file:
            return cls(*(file[name][:] for name in cls.__dataclass_fields__))

    def save(self, path: Path) -> None:
        """Publish the tables."""
        with published(path) as temporary, h5py.File(temporary, "w") as file:
            for name, table in vars(self).items():
                file[name] = table
