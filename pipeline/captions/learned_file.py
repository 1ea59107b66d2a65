"""``learned.h5``: the pictures and texts that a model learned from, so that it can show them.

::

    mean       (m, channels) float16  pooled features of each picture
    key        (m, 16) uint8          tells pictures apart, in any collection
    name       (m,) UTF-8             its name, behind that of its collection
    thumbnail  (m,) of uint8          a JPEG of it
    texts      (m,) UTF-8             what was learned about it: a JSON list of LearnedText
    attributes: tap
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import h5py
import msgspec
import numpy as np

from pipeline.captioning.captioner import Captioner
from pipeline.evaluation.corpus import Sentence
from pipeline.pictures.similarity import SimilarPictures
from pipeline.runtime.arrays import Float16s, Float32s, Int64s
from pipeline.runtime.atomic_files import published

_TEXT = h5py.string_dtype("utf-8")
_BATCH = 512  # pictures that are looked up at once


class LearnedText(msgspec.Struct, frozen=True, array_like=True):
    """A text that was learned from."""

    text: str
    words: tuple[str, ...]
    rating: float | None = None


class LearnedPicture(NamedTuple):
    """A picture that was learned from, to be written."""

    name: str
    key: bytes
    mean: Float16s
    jpeg: bytes
    texts: list[LearnedText]


def write_learned(path: Path, tap: str, pictures: Iterable[LearnedPicture]) -> int:
    """Publish ``learned.h5``; return the number of pictures."""
    listed = list(pictures)
    with published(path) as temporary, h5py.File(temporary, "w") as file:
        file.attrs["tap"] = tap
        file["mean"] = np.stack([picture.mean for picture in listed])
        file["key"] = np.frombuffer(b"".join(p.key for p in listed), np.uint8).reshape(
            len(listed), -1
        )
        file.create_dataset("name", data=[picture.name for picture in listed], dtype=_TEXT)
        texts = [msgspec.json.encode(picture.texts).decode() for picture in listed]
        file.create_dataset("texts", data=texts, dtype=_TEXT)
        jpegs = file.create_dataset("thumbnail", len(listed), h5py.vlen_dtype(np.uint8))
        for place, picture in enumerate(listed):
            jpegs[place] = np.frombuffer(picture.jpeg, np.uint8)
    return len(listed)


@dataclass(frozen=True)
class Learned:
    """What a model learned from; the thumbnails stay in the file."""

    path: Path
    names: list[str]
    keys: list[bytes]
    means: Float16s
    texts: list[list[LearnedText]]
    """Of each picture."""

    @classmethod
    def load(cls, path: Path) -> Learned:
        """Read ``learned.h5``."""
        with h5py.File(path, "r") as file:
            return cls(
                path,
                list(file["name"].asstr()[:]),
                [key.tobytes() for key in file["key"][:]],
                file["mean"][:],
                [msgspec.json.decode(t, type=list[LearnedText]) for t in file["texts"].asstr()[:]],
            )

    def thumbnail(self, place: int) -> bytes:
        """The JPEG of a picture."""
        with h5py.File(self.path, "r") as file:
            return bytes(file["thumbnail"][place])

    def sentences(self) -> list[Sentence]:
        """The words of every text, repetitions included."""
        return [text.words for texts in self.texts for text in texts]

    @cached_property
    def known(self) -> frozenset[Sentence]:
        """The words of every text."""
        return frozenset(self.sentences())

    def nearest(
        self, captioner: Captioner, means: Float16s, keys: Iterable[bytes], count: int
    ) -> tuple[Int64s, Float32s]:
        """The ``count`` pictures, or all, most similar to each of others: places, and cosines.

        Both are (n, count), the most similar first. The others have pooled features ``means``
        (n, c) and ``keys`` (n,); a picture is not near itself. Features are standardised by how
        the captioner's training pictures differ.
        """
        similar = SimilarPictures(
            self.means,
            captioner.mean.cpu().numpy(),
            (captioner.std * captioner.spread).cpu().numpy(),
        )
        places = {key: place for place, key in enumerate(self.keys)}
        own = np.array([places.get(key, -1) for key in keys])
        others = len(self.names) - int((own >= 0).any())
        count = min(count, others)
        found = [
            _greatest(similar.cosines(means[rows]), own[rows], count)
            for start in range(0, len(means), _BATCH)
            for rows in [slice(start, start + _BATCH)]
        ]
        indices, cosines = zip(*found, strict=True)
        return np.concatenate(indices), np.concatenate(cosines)


def _greatest(cosines: Float32s, own: Int64s, count: int) -> tuple[Int64s, Float32s]:
    """Places and values (n, count) of the greatest of each row (n, m) but its ``own`` (n,)."""
    is_known = np.flatnonzero(own >= 0)
    cosines[is_known, own[is_known]] = -np.inf
    places = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
    values = np.take_along_axis(cosines, places, 1)
    order = np.lexsort((places, -values), axis=1)
    return np.take_along_axis(places, order, 1), np.take_along_axis(values, order, 1)
