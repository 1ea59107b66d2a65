"""``translation.h5``: the pictures of a collection at the size of training, with their domains.

::

    pictures   (pictures, size, size, 3) uint8   RGB
    domains    (pictures, domains) bool          which ones each is in
    held_out   (pictures,) bool                  kept out of training
    thing      (pictures,) str                   file name without ending: what it shows
    names      (pictures,) str                   paths below the folder
    attributes: domains (their names, joined by line breaks), fingerprint (of the collection)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from pipeline.runtime.arrays import Bools, UInt8s
from pipeline.runtime.atomic_files import published


@dataclass(frozen=True)
class DomainPictures:
    """Pictures with their domains."""

    pictures: UInt8s
    """(n, size, size, 3) RGB, in the file until they are used."""
    domains: Bools
    """(n, d)"""
    held_out: Bools
    """(n,)"""
    things: list[str]
    names: list[str]
    domain_names: list[str]
    fingerprint: str

    @classmethod
    def load(cls, path: Path) -> DomainPictures:
        """Open a file; its pictures are mapped into memory."""
        with h5py.File(path, "r") as file:
            pictures = file["pictures"]
            return cls(
                np.memmap(path, np.uint8, "r", pictures.id.get_offset(), pictures.shape),
                file["domains"][:],
                file["held_out"][:],
                list(file["thing"].asstr()[:]),
                list(file["names"].asstr()[:]),
                file.attrs["domains"].split("\n"),
                file.attrs["fingerprint"],
            )

    @property
    def size(self) -> int:
        """The side of a picture in pixels."""
        return int(self.pictures.shape[1])


def write_domain_pictures(
    target: Path,
    pictures: Iterable[UInt8s],
    size: int,
    *,
    domains: Bools,
    held_out: Bools,
    things: Sequence[str],
    names: Sequence[str],
    domain_names: Sequence[str],
    fingerprint: str,
) -> None:
    """Publish a file; ``pictures`` are drawn one by one, as many as there are ``names``."""
    text = h5py.string_dtype()
    with published(target) as temporary, h5py.File(temporary, "w") as file:
        shape = (len(names), size, size, 3)
        rows = file.create_dataset("pictures", shape, np.uint8, fill_time="never")
        for row, picture in zip(range(len(names)), pictures, strict=True):
            rows[row] = picture
        file["domains"], file["held_out"] = domains, held_out
        file.create_dataset("thing", data=list(things), dtype=text)
        file.create_dataset("names", data=list(names), dtype=text)
        file.attrs.update({"domains": "\n".join(domain_names), "fingerprint": fingerprint})
