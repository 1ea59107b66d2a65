"""``import_report.json``: what became of every record in people's files."""

from __future__ import annotations

from pathlib import Path

import msgspec

from pipeline.runtime.atomic_files import write_json


class Issue(msgspec.Struct, frozen=True):
    """One reason for which records were repaired or dropped."""

    reason: str
    count: int
    numbers: str
    """Numbers of the records, from 1, as ranges: ``3, 7-9``."""


class FileReport(msgspec.Struct, frozen=True):
    """One file."""

    file: str
    """Its name without folders."""
    format: str
    read: int
    """Records found in it, usable or not."""
    kept: int
    """Records that are usable."""
    repaired: list[Issue]
    """Records that could be read after a repair."""
    dropped: list[Issue]
    """Records that are not usable."""
    encoding: str = ""
    """``UTF-8``, ``Shift_JIS`` …; empty for binary formats."""
    compression: str = ""
    """``gzip``, ``zlib``, ``deflate`` or ``zip``; empty for plain files."""
    skipped: dict[str, int] = {}
    """What the file holds besides records, such as ``<gift>``, and how often."""
    unused_fields: list[str] = []
    """Columns or members that no field of a record is taken from."""
    notes: list[str] = []
    """Facts about the file as a whole."""


class ImportReport(msgspec.Struct, frozen=True):
    """All files of one import, and what merging and filters left of them."""

    files: list[FileReport]
    dropped: list[Issue]
    """Dropped by merging and filters; numbers count through all files, in their order."""
    kept: int
    notes: list[str] = []
    """Facts about what is left."""

    @classmethod
    def load(cls, path: Path) -> ImportReport:
        """Read ``import_report.json``."""
        return msgspec.json.decode(path.read_bytes(), type=cls)

    def save(self, path: Path) -> None:
        """Publish ``import_report.json``."""
        write_json(path, self)
