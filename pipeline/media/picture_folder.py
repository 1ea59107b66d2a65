"""A folder of pictures as a source: a video of one picture a second."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, partial
from itertools import chain, islice
from pathlib import Path
from typing import Literal, Self, TypeAlias

from pipeline.media.picture_files import ENDINGS, PictureFile
from pipeline.media.pixels import Picture, resized
from pipeline.media.source import TimedPicture
from pipeline.media.stills import (
    Fit,
    Still,
    can_be_read,
    read_square,
    read_squares,
    read_still,
)
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.file_digest import file_fingerprint, file_state
from pipeline.runtime.logs import log
from pipeline.runtime.prefetch import ordered_map
from pipeline.runtime.quantities import counted

SECOND = Fraction(1)
Animated = Literal["first", "each"]
"""What of an animated file is taken: its first picture, or each as a picture of its own."""
Refuse = Callable[[str, PipelineError], object]
"""Told of each file that cannot be used, by its name."""
_Numbered: TypeAlias = tuple[int | None, Still]
_NUMBER = "#"  # before the number of a picture of an animated file, in its name
_AHEAD = 8  # pictures of an animated file that are decoded before their turn


def _warn(name: str, error: PipelineError) -> None:
    log.warning("%s", error)


@dataclass(frozen=True)
class PictureFolder:
    """Pictures, each in a file of its own: a ``PictureSource``.

    Picture *n* of those that can be used is shown from second *n* to second *n* + 1. Files that
    cannot be used are told of and left out, and the next one takes the place.
    """

    path: Path
    files: Sequence[PictureFile]
    """Below ``path``, in order."""
    fit: Fit = "squeeze"
    animated: Animated = "first"
    pictures: Sequence[str] = field(default=(), compare=False)
    """Names of the pictures that can be used, in order, where that is known."""

    @classmethod
    def open(
        cls,
        path: Path,
        names: Sequence[str] | None = None,
        known: Iterable[PictureFile] = (),
    ) -> Self:
        """All files with a picture's ending in a folder and the folders in it, by their names.

        Links to folders are not followed. Where ``names`` are given they are taken instead, in
        their order. A file that is as it was in ``known`` is not read. Raises PipelineError:
        VIDEO_MISSING, NO_FRAMES.
        """
        if not path.exists():
            raise PipelineError(
                ExitCode.VIDEO_MISSING, f"there is no folder at {path}", "Check the path"
            )
        if names is None:
            names = sorted(_writable(_names_below(path)), key=lambda name: name.split("/"))
        if not names:
            raise PipelineError(
                ExitCode.NO_FRAMES,
                f"there is no picture in {path}",
                f"Pictures end in {', '.join(sorted(ENDINGS))}",
            )
        before = {file.name: file for file in known}
        same = {name: before[name] for name in names if _is_as_before(path, before.get(name))}
        new = [name for name in names if name not in same]
        read = dict(
            zip(new, ordered_map(partial(_read, path), new, os.cpu_count() or 1), strict=True)
        )
        return cls(path, [same.get(name) or read[name] for name in names])

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.path.name

    @cached_property
    def fingerprint(self) -> str:
        """Digest of the files' names and contents, in order."""
        digest = hashlib.sha256()
        for file in self.files:
            digest.update(f"{file.name}\0{file.fingerprint}\0".encode())
        return digest.hexdigest()[:16]

    def only(self, names: Collection[str]) -> Self:
        """The same with some of its files."""
        return replace(self, files=[file for file in self.files if file.name in names])

    @cached_property
    def _first(self) -> tuple[int, int]:
        first = next(self.scaled_pictures(32, _quiet), None)
        if first is None:
            raise self.none_can_be_used()
        return first.shape

    @property
    def width(self) -> int:
        """Of the first picture, in pixels."""
        return self._first[0]

    @property
    def height(self) -> int:
        """Of the first picture, in pixels."""
        return self._first[1]

    @property
    def sample_aspect(self) -> Fraction:
        """Pixels are square."""
        return Fraction(1)

    @property
    def aspect(self) -> Fraction:
        """Width over height of the first picture."""
        return Fraction(self.width, self.height)

    @property
    def rate(self) -> Fraction:
        """One picture a second."""
        return Fraction(1)

    @property
    def frame_count(self) -> int:
        """How many can be used, or else as many as there are files."""
        return len(self.pictures or self.files)

    @property
    def counted(self) -> bool:
        """Whether all of them can be used is seen when they are read."""
        return bool(self.pictures)

    @property
    def pictures_end(self) -> Fraction:
        """A second for each."""
        return Fraction(self.frame_count)

    @property
    def duration(self) -> Fraction:
        """The same: there is no sound."""
        return self.pictures_end

    def scaled_pictures(self, size: int, refuse: Refuse = _warn) -> Iterator[TimedPicture]:
        """See ``PictureSource``; as many are decoded at once as there are cores.

        Of an animated file that is damaged further on the pictures before that are taken.
        """
        begin = partial(_begun, self.path, size=size, fit=self.fit, animated=self.animated)
        number = 0
        begun = ordered_map(begin, self.files, os.cpu_count() or 1)
        for file, stills in zip(self.files, begun, strict=True):
            for one in stills:
                if isinstance(one, PipelineError):
                    refuse(file.name, one)
                    continue
                place, still = one
                name = file.name if place is None else f"{file.name}{_NUMBER}{place}"
                yield TimedPicture(
                    number, SECOND, still.pixels, still.shape, name=name, file=file.name
                )
                number += 1

    def none_can_be_used(self) -> PipelineError:
        """The error for a folder of nothing but files that cannot be used."""
        return PipelineError(
            ExitCode.NO_FRAMES,
            f"none of the {len(self.files)} pictures in {self.path} can be used",
            "The lines above say why",
        )

    def picture_at(self, seconds: Fraction, width: int | None = None) -> Picture:
        """See ``PictureSource``. Raises PipelineError as ``stills.read_still``."""
        names = self.pictures or [file.name for file in self.files]
        return self.picture(names[min(max(int(seconds // 1), 0), len(names) - 1)], width)

    def picture(self, name: str, width: int | None = None) -> Picture:
        """The picture called ``name``; otherwise as ``picture_at``."""
        path, frame = self.path / name, 0
        if not path.exists() and _NUMBER in name:
            file, _, number = name.rpartition(_NUMBER)
            path, frame = self.path / file, int(number)
        pixels = read_still(path, frame).pixels
        if width is None:
            return pixels
        height, full = pixels.shape[:2]
        return resized(pixels, (width, max(1, round(width * height / full))))


def _quiet(name: str, error: PipelineError) -> None:
    """For pictures that are read a second time."""


def _is_as_before(folder: Path, file: PictureFile | None) -> bool:
    """Whether a file is in the state that it was in, and so need not be read."""
    if file is None or file.state is None:
        return False
    try:
        return file.state == file_state(folder / file.name)
    except OSError:
        return False


def _read(folder: Path, name: str) -> PictureFile:
    """A file as it is now."""
    path = folder / name
    try:
        if not (path.is_file() and can_be_read(name)):
            return PictureFile(name, "")
        state = file_state(path)
        return PictureFile(name, file_fingerprint(path), state)
    except OSError:  # whoever reads it will tell
        return PictureFile(name, "")


def _begun(
    folder: Path, file: PictureFile, size: int, fit: Fit, animated: Animated
) -> Iterator[_Numbered | PipelineError]:
    """As ``_stills``, of which the first are decoded when this returns."""
    stills = _stills(folder, file, size, fit, animated)
    return chain(list(islice(stills, _AHEAD)), stills)


def _stills(
    folder: Path, file: PictureFile, size: int, fit: Fit, animated: Animated
) -> Iterator[_Numbered | PipelineError]:
    """The pictures of a file with their numbers, and at the end what is wrong with it."""
    path = folder / file.name
    try:
        if animated == "each":
            yield from read_squares(path, size, fit)
        else:
            yield None, read_square(path, size, fit)
    except PipelineError as error:
        yield error
        return
    if not _is_as_before(folder, file) and _read(folder, file.name).fingerprint != file.fingerprint:
        yield PipelineError(
            ExitCode.VIDEO_TRUNCATED,
            f"{path} has changed since its folder was read",
            "Run again once it is whole",
            may_pass=True,
        )


def _writable(names: Iterable[str]) -> list[str]:
    """Those that can be written down; it tells of others."""
    good: list[str] = []
    bad: list[str] = []
    for name in names:
        (good if name == name.encode(errors="ignore").decode() else bad).append(name)
    if bad:
        log.warning(
            "%s left out, whose names are not UTF-8, such as %r: rename them",
            counted(len(bad), "picture"),
            bad[0],
        )
    return good


def _names_below(path: Path) -> Iterator[str]:
    if path.is_file():
        return
    endings = tuple(ENDINGS)
    for folder, below, files in os.walk(path):
        below[:] = [name for name in below if not name.startswith(".")]
        within = Path(folder).relative_to(path)
        start = "" if within == Path() else f"{within.as_posix()}/"
        for name in files:
            if not name.startswith(".") and name.lower().endswith(endings):
                yield start + name
