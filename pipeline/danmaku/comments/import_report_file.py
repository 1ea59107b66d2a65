"""``import_report.json``: what became of every comment in a video's files."""

from __future__ import annotations

from pathlib import Path

import msgspec

from pipeline.runtime.atomic_files import write_json


class Issue(msgspec.Struct, frozen=True):
    """One reason for which comments were repaired or dropped."""

    reason: str
    count: int
    numbers: str
    """Numbers of the comments, from 1, as ranges: ``3, 7-9``."""


class FileReport(msgspec.Struct, frozen=True):
    """One comment file."""

    file: str
    """Its name without folders."""
    format: str
    read: int
    """Comments found in it, usable or not."""
    kept: int
    """Comments that are usable."""
    repaired: list[Issue]
    """Comments that could be read after a repair."""
    dropped: list[Issue]
    """Comments that are not usable."""
    encoding: str = ""
    """``UTF-8``, ``Shift_JIS`` …; empty for binary formats."""
    compression: str = ""
    """``gzip``, ``zlib``, ``deflate`` or ``zip``; empty for plain files."""
    skipped: dict[str, int] = {}
    """What the file holds besides comments, such as ``<gift>``, and how often."""
    unused_fields: list[str] = []
    """Columns or members that no field of a comment is taken from."""
    notes: list[str] = []
    """Facts about the file as a whole."""


class ImportReport(msgspec.Struct, frozen=True):
    """All comment files of a video, and what merging and filters left of them."""

    files: list[FileReport]
    dropped: list[Issue]
    """Dropped by merging and filters; numbers count through all files, in their order."""
    kept: int

    @classmethod
    def load(cls, path: Path) -> ImportReport:
        """Read ``import_report.json``."""
        return msgspec.json.decode(path.read_bytes(), type=cls)

    def save(self, path: Path) -> None:
        """Publish ``import_report.json``."""
        write_json(path, self)
