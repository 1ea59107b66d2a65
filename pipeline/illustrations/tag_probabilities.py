"""``tags.h5``: how probable each tag of a tagger is for each distinct picture.

``probabilities`` is float16 (pictures, tags), a row a picture in the order of frames.h5. ``names``
and ``groups`` are of the tags; ``thresholds`` float32 are the least probabilities at which they
hold, if the attribute ``cut`` is ``thresholds``. If it is ``mcut``, those hold that are above the
widest gap between the probabilities of a picture in their group. ``tagger`` says which model it
was, and ``pictures`` is the fingerprint of frames.h5.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

import h5py
import numpy as np

from pipeline.labels.tag_lists import RATING
from pipeline.learning.heads.thresholds import mcut
from pipeline.runtime.arrays import Bools, Float16s, Float32s, Int64s
from pipeline.runtime.atomic_files import published

Cut: TypeAlias = Literal["thresholds", "mcut"]
"""What decides which tags hold."""
THRESHOLDS: Final[Cut] = "thresholds"
MCUT: Final[Cut] = "mcut"


@dataclass(frozen=True, kw_only=True)
class TagProbabilities:
    """What a tagger says of some pictures."""

    names: tuple[str, ...]
    groups: tuple[str, ...]
    """``general``, ``character``, ``copyright``, ``rating`` or whatever the labels call it."""
    thresholds: Float32s
    """(tags,) the least probability at which a tag holds; of no account for ratings."""
    probabilities: Float16s
    """(pictures, tags)."""
    tagger: str
    """The model's name and the digest of its weights."""
    cut: Cut = THRESHOLDS

    def holding(self, rows: slice | Int64s = slice(None), share: float = 1.0) -> Bools:
        """(rows, tags) which tags hold: those from their threshold on, and the likeliest rating.

        A ``share`` below 1 asks for no more than so much of each threshold.
        """
        probabilities = np.asarray(self.probabilities[rows])
        holding = probabilities >= (share * self.thresholds).astype(np.float16)
        groups = np.array(self.groups)
        for group in np.unique(groups):
            columns = np.flatnonzero(groups == group)
            within = probabilities[:, columns]
            if group == RATING:
                holding[:, columns] = within.argmax(1)[:, None] == np.arange(len(columns))
            elif self.cut == MCUT:
                holding[:, columns] = within > share * mcut(within)[:, None]
        return np.asarray(holding)


def read_tag_probabilities(path: Path) -> TagProbabilities:
    """Read ``tags.h5``; the probabilities are memory-mapped."""
    with h5py.File(path, "r") as file:
        data = file["probabilities"]
        mapped = np.memmap(path, np.float16, "r", data.id.get_offset(), data.shape)
        return TagProbabilities(
            names=tuple(file["names"].asstr()[:]),
            groups=tuple(file["groups"].asstr()[:]),
            thresholds=file["thresholds"][:],
            probabilities=mapped,
            tagger=str(file.attrs["tagger"]),
            cut=file.attrs["cut"],
        )


def write_tag_probabilities(
    path: Path,
    batches: Iterable[Float16s],
    pictures: int,
    *,
    names: Sequence[str],
    groups: Sequence[str],
    thresholds: Float32s,
    tagger: str,
    fingerprint: str,
    cut: Cut = THRESHOLDS,
) -> None:
    """Publish ``tags.h5`` from ``batches`` (b, tags) of probabilities, one after the other.

    ``fingerprint`` is that of frames.h5.
    """
    text = h5py.string_dtype()
    with published(path) as temporary, h5py.File(temporary, "w") as file:
        file.attrs.update({"tagger": tagger, "pictures": fingerprint, "cut": cut})
        file.create_dataset("names", data=list(names), dtype=text)
        file.create_dataset("groups", data=list(groups), dtype=text)
        file["thresholds"] = thresholds.astype(np.float32)
        data = file.create_dataset("probabilities", (pictures, len(names)), np.float16)
        start = 0
        for batch in batches:
            data[start : start + len(batch)] = batch
            start += len(batch)
        assert start == pictures, f"{start} of {pictures} rows"
