"""Ratings that programs for photographs keep as XMP: in the pictures, or in files beside them.

``xmp:Rating`` is 1 to 5 stars, half ones too; 0 stands for no rating, and −1 for a rejected
picture (XMP specification part 1, 8.4). Adobe's programs write ``cat.xmp`` beside ``cat.jpg``,
darktable and digiKam ``cat.jpg.xmp``.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from xml.parsers import expat

import msgspec

from pipeline.labels.columns import is_picture_name
from pipeline.labels.label_report import LabelReport
from pipeline.labels.record import Label
from pipeline.labels.sidecar_names import XMP, pictures_by_sidecar, stem_of
from pipeline.media.stills import read_xmp
from pipeline.runtime.errors import PipelineError

_RATING = "http://ns.adobe.com/xap/1.0/ Rating"
_MAX_BYTES = 1 << 22
"""Of a file; those of programs with long histories of edits have hundreds of kilobytes."""
_MAX_EXAMPLES = 5
_SAMPLE = 200
"""Pictures by which it is judged whether there are ratings in any."""
_UNRATED = 0.0


class XmpRatings:
    """The ratings of all pictures in a folder and below it. Each iteration reads them again.

    A file beside a picture wins over what is in the picture.
    """

    def __init__(self, path: Path, names: Sequence[str] | None = None) -> None:
        """``names`` are paths of pictures below ``path``, of which only files beside them are read.

        None means all pictures that lie there, and what is in them.
        """
        self.path = path
        self._names = names
        self.report = self._new_report()
        """The report of the iteration begun last."""

    def __iter__(self) -> Iterator[Label]:
        self.report = self._new_report()
        beside, inside = _files(self.path, self._names)
        self._tell_strays(beside, inside)
        for name in inside:
            packet, file = self._packet(name, beside.get(name, []))
            if packet is None:
                continue
            rating = rating_in(packet)
            if rating == _UNRATED:
                self.report.read += 1
                self.report.drop("that say a picture is unrated")
            elif rating is not None:
                for label in self.report.score(name, rating):
                    yield msgspec.structs.replace(label, file=file)

    def _new_report(self) -> LabelReport:
        return LabelReport(self.path.name, "XMP ratings")

    def _packet(self, name: str, beside: Sequence[str]) -> tuple[bytes | None, str]:
        """What is said of a picture, and in which file; None if that cannot be read."""
        if len(beside) > 1:
            self.report.note(f"{' and '.join(beside)} are of one picture; the first counts")
        file = beside[0] if beside else name
        try:
            if not beside:
                return (read_xmp(self.path / name) if self._names is None else None), name
            with (self.path / file).open("rb") as opened:
                return opened.read(_MAX_BYTES), file
        except (OSError, PipelineError) as error:
            self.report.note(f"{file} cannot be read: {error}")
            return None, file

    def _tell_strays(self, beside: dict[str, list[str]], pictures: Sequence[str]) -> None:
        strays = sorted(file for name in beside.keys() - set(pictures) for file in beside[name])
        if strays:
            more = len(strays) - _MAX_EXAMPLES
            named = ", ".join(strays[:_MAX_EXAMPLES]) + f" and {more} more" * (more > 0)
            self.report.note(f"{len(strays)} without a picture of their own: {named}")


def rating_in(packet: bytes) -> float | None:
    """``xmp:Rating`` in XML, as an attribute or an element, whatever its prefix is.

    None without one, for what is no number, and for XML that ends before it.
    """
    found: list[str] = []
    inside: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        inside.append(name)
        found.extend(value for key, value in attributes.items() if key == _RATING)

    def data(text: str) -> None:
        if inside and inside[-1] == _RATING and text.strip():
            found.append(text)

    def refuse(*declaration: object) -> None:
        raise _EntityError

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: inside.pop()
    parser.CharacterDataHandler = data
    parser.EntityDeclHandler = refuse
    with contextlib.suppress(expat.ExpatError, _EntityError):  # what came before a fault counts
        parser.Parse(packet.strip(b"\0 \r\n\t"), True)
    return _number(found[0]) if found else None


class _EntityError(Exception):
    """Raised for XML that defines entities, as no program does that writes XMP."""


def _number(text: str) -> float | None:
    number = re.fullmatch(r"\s*([+-]?\d{1,3}(?:\.\d+)?)\s*", text)
    return float(number[1]) if number else None


def rated_beside(folder: Path, names: Sequence[str]) -> bool:
    """Whether XMP lies beside any of the pictures ``names``."""
    return not _files(folder, names)[0].keys().isdisjoint(names)


def has_ratings(path: Path) -> bool:
    """Whether a folder has XMP beside pictures, or a rating in one of its first pictures."""
    beside, pictures = _files(path, None)
    if not beside.keys().isdisjoint(pictures):
        return True
    return any(_says_something(path / name) for name in islice(pictures, _SAMPLE))


def _says_something(picture: Path) -> bool:
    try:
        return rating_in(read_xmp(picture)) is not None
    except PipelineError:
        return False


def _files(folder: Path, names: Sequence[str] | None) -> tuple[dict[str, list[str]], Sequence[str]]:
    """XMP files by the picture that each is of, and the pictures, all by paths below ``folder``.

    A file that could be of several pictures is of none.
    """
    found, pictures = [], []
    for below, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for file in sorted(files):
            name = (Path(below) / file).relative_to(folder).as_posix()
            if file.lower().endswith(XMP):
                found.append(name)
            elif is_picture_name(file) and not file.startswith("."):
                pictures.append(name)
    pictures = list(names) if names is not None else pictures
    fitting = pictures_by_sidecar(pictures)
    beside: dict[str, list[str]] = {}
    for name in found:
        stem = stem_of(name)
        of = fitting.get(stem, [])
        beside.setdefault(of[0] if len(of) == 1 else stem, []).append(name)
    return beside, pictures
