"""Where labels of pictures lie: in files that are named, that lie beside them, or one a picture."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.labels.box_files import PICTURE_FOLDERS, is_annotation
from pipeline.labels.sidecar_names import ENDINGS, XMP, load_manifest
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.sources.pointers import LABELS_POINTER, LabelSources
from pipeline.sources.pointing import is_file, is_folder, missing, point, source_of

if TYPE_CHECKING:
    from pipeline.media.picture_folder import PictureFolder

_NAMES = ("captions", "domains", "labels", "list_attr_celeba", "metadata")
_ENDINGS = (".csv", ".tsv", ".json", ".jsonl", ".txt")
_TABLES = (".csv", ".tsv")
"""What needs no more to its name beside a folder; others may be comments."""


def point_to_labels(
    folder: Path,
    given: Path,
    labels: Sequence[Path],
    found: Callable[[], Sequence[Path]],
    sidecars: str,
    *,
    in_use: bool,
    in_place: bool,
    place: str,
) -> None:
    """Point ``folder`` to the labels that are named, were named before, or are ``found``.

    ``given`` is the source; ``sidecars`` is the digest of texts beside its pictures, if any.
    Raises PipelineError: LABELS_MISSING, BUSY, and what ``found`` raises.
    """
    pointer = folder / LABELS_POINTER
    for path in labels:
        if not is_file(path) and not is_folder(path):
            after = f"Check the path after LABELS=; several are joined by {os.pathsep}"
            raise missing(ExitCode.LABELS_MISSING, "file or folder of labels", path, place, after)
    before = LabelSources.load(pointer) if in_place and pointer.exists() else None
    if not labels and before and all(Path(file.path).exists() for file in before.files):
        # A table that lists pictures is found again; a folder may hold their ratings.
        paths = [Path(file.path) for file in before.files]
        labels = [path for path in paths if path != given or given.is_dir()]
    labels = labels or found()
    if labels or sidecars:
        files = [source_of(path, pointer) for path in labels]
        point(pointer, LabelSources(files, sidecars), in_use)
    else:
        pointer.unlink(missing_ok=True)


def sidecars_digest(pictures: PictureFolder) -> str:
    """Another after every change of the texts beside pictures; empty if there are none."""
    files = _sidecars(pictures.path, (file.name for file in pictures.files))
    if not files:
        return ""
    digest = hashlib.sha256()
    for file in files:
        stat = file.stat()
        digest.update(f"{file.name}\0{stat.st_size}\0{stat.st_mtime_ns}\0".encode())
    return digest.hexdigest()[:16]


def _sidecars(folder: Path, pictures: Iterable[str]) -> list[Path]:
    """The texts and boxes of people beside pictures, each under its picture's name, in order."""
    names = set(pictures)
    stems = names | {name.rpartition(".")[0] for name in names}
    below = {name.rpartition("/")[0] for name in stems}
    found = sorted(
        Path(entry.path)
        for part in below
        for entry in os.scandir(folder / part)
        if (entry.name.endswith((*ENDINGS, XMP)) or is_annotation(Path(entry.path)))
        and f"{part}/{Path(entry.name).stem}".removeprefix("/") in stems
    )
    ours = load_manifest(folder)
    written = (ours.get(path.relative_to(folder).as_posix()) for path in found)
    return [
        path
        for path, own in zip(found, written, strict=True)
        if own is None or own.kept or not own.holds(path.read_bytes())
    ]


def labels_of_folder(folder: Path) -> list[Path]:
    """The file of labels that lies in a folder of pictures or beside it, or a folder of boxes.

    Raises PipelineError NAME_TAKEN if there are several.
    """
    inside = [folder / f"{name}{ending}" for name in _NAMES for ending in _ENDINGS]
    beside = [folder.with_name(f"{folder.name}.{n}{e}") for n in _NAMES for e in _ENDINGS]
    beside += [folder.with_name(f"{folder.name}{ending}") for ending in _TABLES]
    found = [path for path in [*inside, *beside] if is_file(path)]
    for name, pictures in PICTURE_FOLDERS.items():
        place = folder.with_name(name) if pictures == folder.name else folder / name
        found += [place] if is_folder(place) else []
    if len(found) > 1:
        names = " and ".join(str(path) for path in found)
        raise PipelineError(
            ExitCode.NAME_TAKEN,
            f"{folder.name} has several files of labels: {names}",
            f"Say which with LABELS=; joined by {os.pathsep} they are merged",
        )
    return found
