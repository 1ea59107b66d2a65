"""How pointers to the user's files are written: only where something about the files changed."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from pathlib import Path

from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.file_digest import file_fingerprint, file_state, folder_fingerprint
from pipeline.runtime.spelling import did_you_mean_file
from pipeline.sources.pointers import (
    STILLS_POINTER,
    VIDEO_POINTER,
    FileSources,
    Pointer,
    Source,
    StillsSource,
)


def point(pointer: Path, now: Pointer, in_use: bool) -> None:
    """Write the pointer, or leave it if it is right.

    Where files only moved it keeps its time stamp, so that nothing is done anew.
    """
    before = type(now).load(pointer) if pointer.exists() else None
    same = before is not None and before.content == now.content
    if before == now or (same and in_use):
        return
    if in_use:
        raise PipelineError(
            ExitCode.BUSY,
            f"another run is at work on {pointer.parent.name}, whose files have changed since",
            "Let it end, or queue behind it with WAIT=1",
        )
    stamp = pointer.stat().st_mtime_ns if before else 0
    now.save(pointer)
    if same:
        os.utime(pointer, ns=(stamp, stamp))


def source_of(file: Path, pointer: Path) -> Source:
    """``file``, or a folder, as it is; a file is read only if ``pointer`` knows no such state."""
    path = str(file.resolve())
    try:
        path.encode()
    except UnicodeEncodeError:
        raise PipelineError(
            ExitCode.USAGE, f"the name of {path} is not UTF-8", "Rename the file, or its folder"
        ) from None
    if file.is_dir():
        return Source(path, folder_fingerprint(file))
    state = file_state(file)
    for known in registered(pointer):
        if state is not None and (known.path, known.state) == (path, state):
            return known
    return Source(path, file_fingerprint(file), state)


def registered(pointer: Path) -> list[Source]:
    """What a pointer says of each of its files; nothing where there is none."""
    if not pointer.exists():
        return []
    if pointer.name == VIDEO_POINTER:
        return [Source.load(pointer)]
    return FileSources.load(pointer).files


def refuse_mixing(
    folder: Path, given: Path, kind: type[Pointer], fingerprint: Callable[[], str]
) -> None:
    """Raise PipelineError NAME_TAKEN if ``folder`` belongs to something else of the same name.

    ``kind`` and ``fingerprint`` are those of what is ``given``.
    """
    known = known_source(folder)
    if known is None or Path(known.path) == given.resolve() or not Path(known.path).exists():
        return
    if not isinstance(known, kind) or known.fingerprint != fingerprint():
        raise PipelineError(
            ExitCode.NAME_TAKEN,
            f"{given} and {known.path} differ and have one name, {folder.name}",
            f"Rename one, or forget the other with {clean_command(known)}",
        )


def known_source(folder: Path) -> Source | StillsSource | None:
    """The video or the pictures that a folder of ``workdir`` belongs to."""
    if (folder / STILLS_POINTER).exists():
        return StillsSource.load(folder / STILLS_POINTER)
    return Source.load(folder / VIDEO_POINTER) if (folder / VIDEO_POINTER).exists() else None


def clean_command(known: Source | StillsSource) -> str:
    """What removes all that was made of a source."""
    variable = "PICTURES" if isinstance(known, StillsSource) else "VIDEO"
    return f"`make clean {variable}={shlex.quote(known.path)}`"


def missing(code: ExitCode, what: str, path: Path, place: str, after: str) -> PipelineError:
    """The error for a file that ``place`` in the settings names, or else the command line."""
    looked = f"there is no {what} at {path.absolute()}" + ": it is a folder" * path.is_dir()
    if place:
        looked, after = f"{place}: {looked}", "Mend the path; it is relative to that file"
    return PipelineError(code, looked, did_you_mean_file(path, after))


def is_folder(path: Path) -> bool:
    """Whether there is a folder of this name."""
    try:
        return path.is_dir()
    except OSError:  # its name is too long for the file system
        return False


def is_file(path: Path) -> bool:
    """Whether there is a file of this name."""
    try:
        return path.is_file()
    except OSError:  # its name is too long for the file system
        return False
