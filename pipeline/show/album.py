"""One album on disk: the stills with their captions, and beside them the truth."""

from __future__ import annotations

import csv
import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.runtime.atomic_files import published_folder
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.show.album_truth import AlbumTruth
from pipeline.show.making import code_digest, make_once
from pipeline.show.spec import LIGHTS
from pipeline.show.truth import truth_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.show.album_truth import StillTruth
    from pipeline.show.humour import Caption
    from pipeline.show.spec import AlbumSpec
    from pipeline.show.stills import Still

CAPTIONS = "captions.csv"
COLUMNS = ("image", "caption", "star", "author")
_PATTERN = "[0-9][0-9][0-9][0-9].png"


def make_album(
    folder: Path, spec: AlbumSpec, *, drawn: Callable[[int], object] = lambda stills: None
) -> Path:
    """Write the album's stills and ``captions.csv`` into a folder within ``folder``; return it.

    Its truth lies beside it. Nothing is done if it ``is_made`` already. ``drawn`` is called with
    the number of stills that are added. Raises PipelineError: NOT_WRITABLE where the folder holds
    files of others; OSError.
    """
    album = folder / spec.stem
    make_once(folder, lambda: is_made(folder, spec), lambda: _make(album, spec, drawn))
    return album


def is_made(folder: Path, spec: AlbumSpec) -> bool:
    """Whether ``folder`` holds this album, made from ``spec`` by the present code."""
    album = folder / spec.stem
    try:
        truth = AlbumTruth.load(truth_path(folder, spec.stem))
    except (OSError, PipelineError):
        return False
    names = [still.image for still in truth.stills]
    if spec.lights:
        names = [f"{light}/{name}" for light in LIGHTS for name in names]
    else:
        names.append(CAPTIONS)
    files = [album / name for name in names]
    return truth.spec == spec and truth.made_by == code_digest() and all(f.is_file() for f in files)


def _make(album: Path, spec: AlbumSpec, drawn: Callable[[int], object]) -> None:
    from pipeline.show.humour import captions
    from pipeline.show.stills import stills

    _refuse_files_of_others(album)
    target = truth_path(album.parent, spec.stem)
    # The truth marks an album as complete: the old one is removed first, the new one comes last.
    target.unlink(missing_ok=True)
    with published_folder(album) as temporary:
        truths = []
        for still in stills(spec):
            _save(still, temporary, spec)
            truths.append(still.truth)
            drawn(1)
        written = [] if spec.lights else captions(spec, truths)
        if not spec.lights:
            _write_captions(temporary / CAPTIONS, written)
    _truth(spec, truths, written).save(target)


def _save(still: Still, folder: Path, spec: AlbumSpec) -> None:
    from pipeline.show.lights import lit

    if not spec.lights:
        still.picture.save(folder / still.truth.image)
        return
    for light in LIGHTS:
        (folder / light).mkdir(exist_ok=True)
        lit(still.picture, light).save(folder / light / still.truth.image)


def _refuse_files_of_others(album: Path) -> None:
    """An album is replaced as a whole, which must not take anything else with it."""
    if album.is_file():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(album))
    own = (CAPTIONS, *LIGHTS)
    entries = [entry for entry in album.glob("*") if entry.name not in own]
    for light in LIGHTS:
        entries += (album / light).glob("*")
    for entry in sorted(entries):
        if not entry.match(_PATTERN):
            raise PipelineError(
                ExitCode.NOT_WRITABLE,
                f"{album} would be made anew, but holds {entry.name}, which is not of the show",
                "Move it away, or choose another folder",
            )


def _write_captions(path: Path, written: list[Caption]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(COLUMNS)
        for caption in written:
            rows.writerow((caption.truth.image, caption.text, caption.star, caption.author))


def _truth(spec: AlbumSpec, stills: list[StillTruth], written: list[Caption]) -> AlbumTruth:
    from pipeline.show.script import CAST

    return AlbumTruth(
        made_by=code_digest(),
        spec=spec,
        cast=CAST,
        stills=tuple(stills),
        jokes=tuple(caption.truth for caption in written),
    )
