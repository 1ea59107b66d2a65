"""Which text files beside pictures are theirs, and which of those Yajiuma wrote."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

import msgspec

from pipeline.labels.record import By
from pipeline.labels.sidecar_forms import Form
from pipeline.runtime.atomic_files import write_json
from pipeline.runtime.errors import ExitCode, PipelineError

ENDINGS = (".caption", ".txt")
"""Endings of sidecars, as the trainers of picture models read them."""
XMP = ".xmp"
"""Ending of what programs for photographs say of a picture; see ``xmp_ratings``."""
MANIFEST = ".yajiuma-sidecars.json"
"""Lies in a folder of sidecars that Yajiuma wrote."""


class Written(msgspec.Struct, frozen=True, omit_defaults=True):
    """What Yajiuma wrote into one sidecar."""

    sha256: tuple[str, ...]
    """Digest of its content; of the old and the new one while it is being replaced."""
    by: By
    """``model`` if any of its lines is by one."""
    form: Form = "texts"
    kept: tuple[str, ...] = ()
    """Tags that a person had written there before some were appended."""

    def holds(self, content: bytes) -> bool:
        """Whether this is what was written, and nobody has changed it since."""
        return hashlib.sha256(content).hexdigest() in self.sha256

    @classmethod
    def of(cls, content: bytes, by: By, form: Form, kept: tuple[str, ...]) -> Written:
        """The record of a sidecar with this content."""
        return cls((hashlib.sha256(content).hexdigest(),), by, form, kept)

    def after(self, before: Written | None) -> Written:
        """The record while this takes the place of what was written ``before``."""
        digests = before.sha256 if before else ()
        return msgspec.structs.replace(self, sha256=(*digests, *self.sha256))


def stem_of(name: str) -> str:
    """A path without its ending, by which a picture and its sidecars find each other."""
    return unicodedata.normalize("NFC", str(PurePosixPath(name).with_suffix("")))


def pictures_by_stem(names: Iterable[str]) -> dict[str, list[str]]:
    """The pictures of each stem; those that share one share their sidecars."""
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(stem_of(name), []).append(name)
    return found


def pictures_by_sidecar(names: Iterable[str]) -> dict[str, list[str]]:
    """The pictures that a sidecar may be of, by its stem: ``x`` and ``x.png`` are of ``x.png``."""
    found: dict[str, list[str]] = {}
    for name in names:
        for stem in dict.fromkeys((stem_of(name), unicodedata.normalize("NFC", name))):
            found.setdefault(stem, []).append(name)
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
