"""``vectors.npz``: a vector and a bit code for each picture, for the search and for use elsewhere.

::

    names       (n,) str           each still's path below its folder, or a time such as 1:23.4
    vectors     (n, c) float16     of length 1, so that a product of two is their cosine
    bits        (n, 512) uint8     4096 bits; see ``bit_codes``
    frame       (n,) int64         the still's number, or the first frame of a video that shows it
    mean        (c,) float32       and
    projection  (c, c) float32     turn values of the network into vectors; see ``whitening``
    taps        (taps,) str        whose values these are; see ``values``
    features    () str             where ``features.h5`` lies that has them, from here

A still has a row each; a video has one for each distinct picture.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZipFile

import numpy as np
import numpy.typing as npt

from pipeline.illustrations.vectors.whitening import Whitening
from pipeline.runtime.arrays import Float16s, Int64s, UInt8s
from pipeline.runtime.atomic_files import published

_NAME_LENGTHS = 26  # where the header of a member of a zip file says how long its two names are
_HEADER_BYTES = 30  # before these names


class PictureVectors(NamedTuple):
    """The content of ``vectors.npz``."""

    names: Sequence[str]
    vectors: Float16s
    bits: UInt8s
    frame: Int64s
    whitening: Whitening
    taps: Sequence[str]
    features: str = "features.h5"
    """Of the file that has these values, from the folder of ``vectors.npz``."""


def write_vectors(path: Path, found: PictureVectors) -> None:
    """Publish ``vectors.npz``; equal content gives equal bytes."""
    with published(path) as temporary, temporary.open("wb") as file:
        np.savez(
            file,
            allow_pickle=False,
            names=np.array(found.names, np.str_),
            vectors=found.vectors,
            bits=found.bits,
            frame=found.frame,
            mean=found.whitening.mean,
            projection=found.whitening.projection,
            taps=np.array(found.taps, np.str_),
            features=np.array(found.features, np.str_),
        )


def read_vectors(path: Path) -> PictureVectors:
    """Read ``vectors.npz``; ``vectors`` and ``bits`` are memory-mapped."""
    with np.load(path) as content:
        return PictureVectors(
            content["names"].tolist(),
            _mapped(path, "vectors.npy"),
            _mapped(path, "bits.npy"),
            content["frame"],
            Whitening(content["mean"], content["projection"]),
            content["taps"].tolist(),
            str(content["features"]) if "features" in content else "features.h5",
        )


def _mapped(path: Path, member: str) -> npt.NDArray[Any]:
    """An array of an npz file, mapped where it lies there: uncompressed, behind its header."""
    with ZipFile(path) as archive, archive.open(member) as inside:
        np.lib.format.read_magic(inside)
        shape, _, dtype = np.lib.format.read_array_header_1_0(inside)
        within, start = inside.tell(), archive.getinfo(member).header_offset
    with path.open("rb") as file:
        file.seek(start + _NAME_LENGTHS)
        names = sum(struct.unpack("<HH", file.read(4)))
    return np.memmap(path, dtype, "c", start + _HEADER_BYTES + names + within, shape)
