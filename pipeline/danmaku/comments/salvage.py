"""``salvage.json``: what became of every comment of a video's files."""

from __future__ import annotations

from pathlib import Path

import msgspec

from pipeline.runtime.atomic_files import write_json


class Fault(msgspec.Struct, frozen=True):
    """One reason for which comments were repaired or dropped."""

    reason: str
    count: int
    where: str
    """Numbers of the comments, from 1 and as ranges: ``3, 7-9``."""


class FileSalvage(msgspec.Struct, frozen=True):
    """One comment file."""

    file: str
    """Its name without folders."""
    format: str
    read: int
    """Comments found in it, usable or not."""
    kept: int
    repaired: list[Fault]
    """Comments that were read after mending the file."""
    dropped: list[Fault]
    encoding: str = ""
    """Of a text: ``UTF-8``, ``Shift_JIS`` …"""
    packing: str = ""
    """``gzip``, ``zlib``, ``deflate`` or ``zip``."""
    passed_over: dict[str, int] = {}
    """What the file holds besides comments, such as ``<gift>``, and how often."""
    unused: list[str] = []
    """Names of columns or members that no field of a comment is filled from."""
    notes: list[str] = []
    """What concerns the file as a whole."""


class Salvage(msgspec.Struct, frozen=True):
    """All comment files of a video, and what merging and filters left of them."""

    files: list[FileSalvage]
    dropped: list[Fault]
    """By merging and filters; numbers count through all files, in their order."""
    kept: int

    @classmethod
    def load(cls, path: Path) -> Salvage:
        """Read ``salvage.json``."""
        return msgspec.json.decode(path.read_bytes(), type=cls)

    def save(self, path: Path) -> None:
        """Publish ``salvage.json``."""
        write_json(path, self)
