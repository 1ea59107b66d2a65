"""From a folder of pictures to ``frames.h5``: a video of one picture a second.

Beside it lie ``frames.rows.h5`` with the pictures themselves, of which equal ones share a row, and
``frames.files.json``, which says what became of each file. Both outlive ``frames.h5``, so that
only files that are new, or have changed, are read when it is made anew. Files that cannot be used
are listed in ``frames.refused.txt`` if they are many, and pictures that nearly equal others in
``frames.duplicates.txt``.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import islice, takewhile
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec
import numpy as np

from pipeline.media.picture_files import PictureFile
from pipeline.media.picture_folder import PictureFolder
from pipeline.media.source import TimedPicture
from pipeline.pictures.duplicates_report import report_duplicates
from pipeline.pictures.frames_file import COLOURS, write_still_frames
from pipeline.pictures.near_duplicates import GRID, block_colours
from pipeline.pictures.row_store import KEY, KEY_BYTES, Column, RowStore
from pipeline.runtime.atomic_files import write_text
from pipeline.runtime.errors import PipelineError
from pipeline.runtime.logs import log
from pipeline.runtime.progress import track

PICTURES = "pictures"
_VERSION = "1"
"""Raise it where the same files would give other pictures."""
_BATCH = 32  # pictures written at once
_SECONDS_BETWEEN_RECORDS = 10.0
_MAX_TOLD = 10  # files that cannot be used, each in a line of its own
_MAX_DEAD = 0.5  # share of rows that no file has any longer, above which they are dropped

T = TypeVar("T")


class _Shown(msgspec.Struct, frozen=True, array_like=True):
    """One picture of a file."""

    name: str
    row: int
    width: int
    height: int


class _File(msgspec.Struct, array_like=True):
    """What became of a file."""

    fingerprint: str
    """Empty if it is to be read again in any case."""
    shown: list[_Shown] = []
    problem: str = ""
    """Why it cannot be used, or not all of it."""


class _Files(msgspec.Struct, frozen=True):
    """``frames.files.json``."""

    settings: str
    rows: int
    digest: str
    """Of the keys of these rows, to which the files refer by number."""
    files: dict[str, _File]


class Gathered(NamedTuple):
    """How much was found."""

    pictures: int
    distinct: int
    """Pictures that differ."""
    read: int
    """Files that are new or have changed."""
    left_out: int
    """Files of which nothing can be used."""


def gather(folder: PictureFolder, target: Path, size: int, near: float) -> Gathered:
    """Write ``target`` from the files of ``folder`` as squares of ``size`` pixels.

    Pictures are reported as nearly equal if the mean colour of no block differs by more than
    ``near`` grey levels.

    Raises PipelineError: NO_FRAMES if no file can be used, DISK_FULL, BUSY.
    """
    settings = f"{_VERSION} {size} {folder.fit} {folder.animated}"
    record = target.with_name("frames.files.json")
    columns = {
        PICTURES: Column(np.uint8, (size, size, 3)),
        COLOURS: Column(np.uint8, (GRID, GRID, 3)),
    }
    with RowStore(target.with_name("frames.rows.h5"), columns, {"settings": settings}) as store:
        known = _known(record, settings, store)
        kept = {f.name: known[f.name] for f in folder.files if _is_as_before(f, known)}
        new = folder.only({file.name for file in folder.files} - kept.keys())

        def remember(files: dict[str, _File]) -> None:
            remembered = _Files(settings, store.count, _digest(store, store.count), files)
            write_text(record, msgspec.json.encode(remembered).decode())

        read = _read(new, store, size, lambda done: remember(kept | done)) if new.files else {}
        files = kept | read
        files = {file.name: files[file.name] for file in folder.files}
        _drop_dead_rows(store, files)
        remember(files)
        shown = [picture for file in files.values() for picture in file.shown]
        refused = {name: file.problem for name, file in files.items() if file.problem}
        _tell(refused, target.with_name("frames.refused.txt"))
        if not shown:
            raise folder.none_can_be_used()
        names, rows = [one.name for one in shown], [one.row for one in shown]
        report_duplicates(
            target.with_name("frames.duplicates.txt"),
            names,
            [name for name, file in files.items() for _ in file.shown],
            rows,
            store.filled(COLOURS),
            near,
        )
        write_still_frames(
            target,
            store,
            names=names,
            rows=rows,
            shapes=[(picture.width, picture.height) for picture in shown],
            refused=refused,
            fingerprint=folder.fingerprint,
        )
    distinct = len({picture.row for picture in shown})
    left_out = sum(not file.shown for file in files.values())
    return Gathered(len(shown), distinct, len(new.files), left_out)


def _read(
    folder: PictureFolder,
    store: RowStore,
    size: int,
    remember: Callable[[dict[str, _File]], None],
) -> dict[str, _File]:
    """Read the files of ``folder`` and add rows for pictures that ``store`` does not have.

    Now and then it has those ``remember`` that are done, so that a run that is killed is not lost.
    """
    files = {file.name: _File(file.fingerprint) for file in folder.files}
    rows = {key.tobytes(): row for row, key in enumerate(store.filled(KEY))}
    store.reserve(store.count + len(folder.files))

    refused: dict[str, PipelineError] = {}
    remembered_at = time.monotonic()
    pictures = folder.scaled_pictures(size, refused.__setitem__)
    for batch in _batches(track(pictures, len(folder.files), "frames", "pictures"), _BATCH):
        new: dict[bytes, TimedPicture] = {}
        for picture in batch:
            key = _key(picture)
            if key not in rows:
                rows[key] = store.count + len(new)
                new[key] = picture
            shown = _Shown(picture.name, rows[key], *picture.shape)
            files[picture.file].shown.append(shown)
        if new:
            store.reserve(store.count + len(new))
            keys = np.frombuffer(b"".join(new), np.uint8).reshape(-1, KEY_BYTES)
            pictures_read = [one.pixels for one in new.values()]
            colours = np.stack([block_colours(pixels) for pixels in pictures_read])
            store.append({KEY: keys, PICTURES: np.stack(pictures_read), COLOURS: colours})
        if time.monotonic() - remembered_at >= _SECONDS_BETWEEN_RECORDS:
            store.flush()
            done = takewhile(batch[-1].file.__ne__, files)
            remember({name: files[name] for name in done if name not in refused})
            remembered_at = time.monotonic()
    for name, error in refused.items():
        if error.may_pass:  # whatever was read, this file is to be read again
            files[name] = _File("")
        files[name].problem = str(error)
    return files


def _tell(refused: Mapping[str, str], listed: Path) -> None:
    """Say which files cannot be used: some on the screen, and all of many in a file."""
    listed.unlink(missing_ok=True)
    for problem in islice(refused.values(), _MAX_TOLD):
        log.warning("%s", problem)
    if len(refused) > _MAX_TOLD:
        write_text(listed, "".join(f"{problem}\n" for problem in refused.values()))
        log.warning("and %d more files, which are listed in %s", len(refused) - _MAX_TOLD, listed)


def _key(picture: TimedPicture) -> bytes:
    """Tells pictures apart: equal files have equal pixels."""
    return hashlib.sha256(picture.pixels.tobytes()).digest()[:KEY_BYTES]


def _drop_dead_rows(store: RowStore, files: Mapping[str, _File]) -> None:
    """Forget pictures that no file has any longer, once they are many."""
    alive = sorted({picture.row for file in files.values() for picture in file.shown})
    if store.count - len(alive) <= _MAX_DEAD * store.count:
        return
    place = {row: number for number, row in enumerate(alive)}
    store.arrange(store.filled(KEY)[alive])
    for file in files.values():
        file.shown = [msgspec.structs.replace(p, row=place[p.row]) for p in file.shown]


def _is_as_before(file: PictureFile, known: Mapping[str, _File]) -> bool:
    before = known.get(file.name)
    return before is not None and before.fingerprint == file.fingerprint != ""


def _known(record: Path, settings: str, store: RowStore) -> dict[str, _File]:
    """What became of files before; nothing where that was with other settings or other rows."""
    try:
        before = msgspec.json.decode(record.read_bytes(), type=_Files)
    except (FileNotFoundError, msgspec.DecodeError):
        return {}
    same_rows = before.rows <= store.count and before.digest == _digest(store, before.rows)
    return before.files if before.settings == settings and same_rows else {}


def _digest(store: RowStore, rows: int) -> str:
    return hashlib.sha256(store.filled(KEY)[:rows].tobytes()).hexdigest()[:16]


def _batches(items: Iterator[T], size: int) -> Iterator[list[T]]:
    while batch := list(islice(items, size)):
        yield batch
