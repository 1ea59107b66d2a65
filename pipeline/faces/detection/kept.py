"""The last detector: the engine removes what is to be made anew, and not all that changes needs it.

Labels have scores and tags, too. Where the boxes are those of before, or there are none at all,
the detector stays as it was.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from pipeline.faces.detection.training_set import Chosen
from pipeline.runtime.atomic_files import published, published_folder

_KEY = "key.txt"


@dataclass(frozen=True)
class KeptDetector:
    """Copies of a detector's files, in a folder of their own."""

    folder: Path

    def exists(self, files: Iterable[Path]) -> bool:
        """Whether there are copies of all these."""
        return all((self.folder / file.name).exists() for file in (*files, Path(_KEY)))

    def has(self, files: Iterable[Path], key: str) -> bool:
        """Whether there are, and what they are a function of is the same."""
        return self.exists(files) and (self.folder / _KEY).read_text("utf-8") == key

    def put_back(self, files: Iterable[Path]) -> None:
        """Publish the copies as ``files``, which are new for the engine."""
        for file in files:
            with published(file) as temporary:
                shutil.copyfile(self.folder / file.name, temporary)

    def keep(self, files: Iterable[Path], key: str) -> None:
        """Take copies of ``files``, as links, in place of those of before."""
        with published_folder(self.folder) as folder:
            for file in files:
                os.link(file, folder / file.name)
            (folder / _KEY).write_text(key, "utf-8")


def digest(chosen: Iterable[Chosen]) -> str:
    """Of the boxes that are learned from."""
    return hashlib.sha256(msgspec.json.encode(list(chosen))).hexdigest()
