"""Which text files beside pictures are theirs, and which of those Yajiuma wrote."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

import msgspec

from pipeline.labels.record import By
from pipeline.runtime.atomic_files import write_json
from pipeline.runtime.errors import ExitCode, PipelineError

ENDINGS = (".caption", ".txt")
"""Endings of sidecars, as the trainers of picture models read them."""
MANIFEST = ".yajiuma-sidecars.json"
"""Lies in a folder of sidecars that Yajiuma wrote."""


class Written(msgspec.Struct, frozen=True):
    """What Yajiuma wrote into one sidecar."""

    sha256: tuple[str, ...]
    """Digest of its content; of the old and the new one while it is being replaced."""
    by: By
    """``model`` if any of its lines is by one."""

    def holds(self, content: bytes) -> bool:
        """Whether this is what was written, and nobody has changed it since."""
        return hashlib.sha256(content).hexdigest() in self.sha256

    def replaced(self, content: bytes, by: By) -> Written:
        """The record while ``content`` takes the place of what was written before."""
        return Written((*self.sha256, hashlib.sha256(content).hexdigest()), by)

    def settled(self) -> Written:
        """The record once the new content is there."""
        return Written(self.sha256[-1:], self.by)


def stem_of(name: str) -> str:
    """A path without its ending, by which a picture and its sidecars find each other."""
    return unicodedata.normalize("NFC", str(PurePosixPath(name).with_suffix("")))


def pictures_by_stem(names: Iterable[str]) -> dict[str, list[str]]:
    """The pictures of each stem; those that share one share their sidecars."""
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(stem_of(name), []).append(name)
    return found


def load_manifest(folder: Path) -> dict[str, Written]:
    """What Yajiuma wrote into a folder, by paths below it; nothing if it never wrote there.

    Raises PipelineError BAD_ARTIFACT.
    """
    path = folder / MANIFEST
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Written])
    except FileNotFoundError:
        return {}
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise PipelineError(
            ExitCode.BAD_ARTIFACT,
            f"{path}: {error}",
            "Delete it; every text file there then counts as written by hand",
        ) from None


def save_manifest(folder: Path, written: Mapping[str, Written]) -> None:
    """Publish what Yajiuma wrote into a folder."""
    write_json(folder / MANIFEST, written)
