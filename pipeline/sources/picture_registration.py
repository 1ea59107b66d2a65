"""Pictures as a source: a folder of them, or a file that lists some, and what people said."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.labels.picture_lists import read_picture_list
from pipeline.media.picture_files import ENDINGS
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.sources.label_files import labels_of_folder, point_to_labels, sidecars_digest
from pipeline.sources.picture_tables import files_named
from pipeline.sources.pointers import STILLS_POINTER, StillsSource
from pipeline.sources.pointing import missing, point, refuse_mixing
from pipeline.sources.registration import VIDEO_ENDINGS, point_to_comments, video_name

if TYPE_CHECKING:
    from pipeline.media.picture_folder import PictureFolder

LIST_ENDINGS = frozenset((".csv", ".json", ".jsonl", ".tsv", ".txt"))
"""Endings of files that list pictures."""


def register_pictures(
    workdir: Path,
    given: Path,
    comments: Sequence[Path] = (),
    labels: Sequence[Path] = (),
    in_use: bool = False,
    place: str = "",
) -> str:
    """Point ``workdir/NAME`` at a folder of pictures, or a file that lists some, and its labels.

    Comments are found as those of ``register``, labels by ``point_to_labels``; a list that says
    something about its pictures is its own labels unless there are others. Of pictures only those
    that changed are read. Returns NAME. Raises PipelineError: VIDEO_MISSING, NOT_A_VIDEO,
    NO_FRAMES, UNKNOWN_FORMAT for a list without pictures, LABELS_MISSING, NAME_TAKEN, BUSY.
    """
    if not given.exists():
        raise missing(
            ExitCode.VIDEO_MISSING, "folder", given, place, "Check the path after PICTURES="
        )
    name, path, given = video_name(given), given.resolve(), given.absolute()
    folder = workdir / name
    pointer = folder / STILLS_POINTER
    before = StillsSource.load(pointer) if pointer.exists() else None
    in_place = before is not None and Path(before.path) == path
    if is_table := not given.is_dir():
        pictures, own_labels = _listed(given, before)
        found: Callable[[], Sequence[Path]] = own_labels.copy
        sidecars = ""
    else:
        pictures = _in_folder(given, before)
        found, sidecars = partial(labels_of_folder, given), sidecars_digest(pictures)
    refuse_mixing(folder, given, StillsSource, lambda: pictures.fingerprint)
    now = StillsSource(str(path), pictures.fingerprint, list(pictures.files), is_table)
    point(pointer, now, in_use)
    point_to_comments(folder, given, comments, None, (), in_place, in_use)
    how = {"in_use": in_use, "in_place": in_place}
    point_to_labels(folder, path, labels, found, sidecars, place=place, **how)
    return name


def _in_folder(folder: Path, before: StillsSource | None) -> PictureFolder:
    """The pictures in a folder. Raises PipelineError NO_FRAMES."""
    from pipeline.media.picture_folder import PictureFolder

    try:
        return PictureFolder.open(folder, known=before.files if before else ())
    except PipelineError as error:
        if error.code != ExitCode.NO_FRAMES or not _has_videos(folder):
            raise
        remedy = f"It has videos: name it with VIDEO={shlex.quote(str(folder))}"
        raise PipelineError(error.code, error.problem, remedy) from None


def _has_videos(folder: Path) -> bool:
    return any(path.suffix.lower() in VIDEO_ENDINGS for path in folder.iterdir())


def _listed(file: Path, before: StillsSource | None) -> tuple[PictureFolder, list[Path]]:
    """The pictures that a file lists, and the file once more if it says something about them.

    Raises PipelineError: NOT_A_VIDEO, UNKNOWN_FORMAT.
    """
    from pipeline.media.picture_folder import PictureFolder

    ending = file.suffix.lower()
    if ending not in LIST_ENDINGS:
        remedy = f"Give a folder, or a file that lists pictures ({', '.join(sorted(LIST_ENDINGS))})"
        if ending in ENDINGS:
            remedy = f"Name its folder: PICTURES={shlex.quote(str(file.parent))}"
        elif ending in VIDEO_ENDINGS:
            remedy = f"Name it with VIDEO={shlex.quote(str(file))}"
        raise PipelineError(
            ExitCode.NOT_A_VIDEO, f"{file} is neither a folder of pictures nor a list", remedy
        )
    listed = read_picture_list(file)
    known = before.files if before else ()
    pictures = PictureFolder.open(file.parent, files_named(listed.names, file.parent), known)
    return pictures, [file] if listed.is_labels else []
