"""``translation.json``: what lies beside it in a folder of translated pictures."""

from __future__ import annotations

from pathlib import Path

import msgspec

from pipeline.runtime.atomic_files import write_json


class Translations(msgspec.Struct, frozen=True):
    """The translations of a collection."""

    targets: list[str]
    """Each has a folder of that name."""
    pictures: list[str]
    """Paths below each of these folders, one for each picture of the collection, in its order."""

    @classmethod
    def load(cls, path: Path) -> Translations:
        """Read ``translation.json``."""
        return msgspec.json.decode(path.read_bytes(), type=cls)

    def save(self, path: Path) -> None:
        """Write ``translation.json``."""
        write_json(path, self)
