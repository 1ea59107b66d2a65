"""From what a file calls a picture to its name in the collection.

A label is never shifted onto another picture: one that could belong to two is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from pipeline.labels.record import Label
from pipeline.media.picture_files import ENDINGS

_ADDRESS = re.compile(r"[a-z][a-z\d+.-]+://", re.IGNORECASE)
_ROBOFLOW = re.compile(r"(.+)_([a-z]{3,4})\.rf\.[0-9a-z]{16,}(?:\.[a-z]+)?")
"""``cat_jpg.rf.HASH.jpg`` for ``cat.jpg``."""
_LABEL_STUDIO = re.compile(r"^[0-9a-f]{8}-(?=.)")
"""Before the name of a file that was uploaded."""
_MAX_CANDIDATES = 2
"""Pictures that are remembered of those that share a name: enough to refuse it and say why."""
_MAX_REMEMBERED = 1 << 16
"""Names of pictures that were found already: files say several things about each."""


class UnresolvedError(Exception):
    """Raised for a label that belongs to no picture of the collection for certain."""

    def __init__(self, reason: str, example: str) -> None:
        super().__init__(f"{reason}: {example}")
        self.reason = reason
        """Why, in the words of an import report."""
        self.example = example
        """What the file calls the picture, and which pictures that could be."""


class Collection:
    """The pictures of a collection, found by whatever files call them."""

    def __init__(self, names: Sequence[str]) -> None:
        """``names`` are paths below the collection's folder, with ``/``."""
        self._names = frozenset(names)
        self._index = cache(lambda place: _Index(names, _SPELLINGS[place][0]))
        """Indexes of lenient spellings are only made if a file needs them."""
        self._fitting = lru_cache(_MAX_REMEMBERED)(self._search)

    def picture_of(self, label: Label) -> str:
        """The name of a label's picture in the collection.

        All names that the file gives must fit the same picture, or none. Raises UnresolvedError.
        """
        given = (label.picture, *label.other_names)
        fitting = {name: self._fitting(name) for name in given}
        pictures = list(dict.fromkeys(picture for fits in fitting.values() for picture in fits))
        if len(pictures) == 1:
            return pictures[0]
        called = " or ".join(given)
        if pictures:
            example = f"{called} may be {_any_of(pictures)}"
            raise UnresolvedError("of one of several pictures", example)
        elsewhere = [picture for name in given for picture in self._elsewhere(name)]
        if elsewhere:
            raise UnresolvedError(
                "whose picture is only in another folder", f"{called}, not {_any_of(elsewhere)}"
            )
        raise UnresolvedError("whose picture is not there", called)

    def _search(self, name: str) -> Sequence[str]:
        """The pictures in the first spelling in which there are any; at most two."""
        if name in self._names:
            return (name,)
        path = _path(name)
        for place, (_, spelling) in enumerate(_SPELLINGS):
            if found := self._index(place).fitting(spelling(path)):
                return found
        return ()

    def _elsewhere(self, name: str) -> Sequence[str]:
        """Pictures with the same file name in folders that do not fit."""
        return self._fitting(_path(name).rsplit("/", 1)[-1])


class _Index:
    """The names of a collection in one spelling, with and without their leading folders."""

    def __init__(self, names: Sequence[str], spelling: Callable[[str], str]) -> None:
        self._whole: dict[str, tuple[str, ...]] = {}
        self._ends: dict[str, tuple[str, ...]] = {}
        for name in names:
            spelled = spelling(name)
            _remember(self._whole, spelled, name)
            for end in _without_folders(spelled):
                _remember(self._ends, end, name)

    def fitting(self, path: str) -> Sequence[str]:
        """The pictures at ``path``, at the end of it that lies in the collection, or around it."""
        for end in (path, *_without_folders(path)):
            if found := self._whole.get(end):
                return found
        return self._ends.get(path, ())


def _remember(names: dict[str, tuple[str, ...]], key: str, name: str) -> None:
    known = names.get(key, ())
    if len(known) < _MAX_CANDIDATES:
        names[key] = (*known, name)


def _without_folders(path: str) -> list[str]:
    """``b/c.jpg`` and ``c.jpg`` for ``a/b/c.jpg``."""
    parts = path.split("/")
    return ["/".join(parts[first:]) for first in range(1, len(parts))]


def _any_of(names: Sequence[str]) -> str:
    return " or ".join(names[:_MAX_CANDIDATES])


def _path(name: str) -> str:
    """A path with ``/``; of an address only the file's name, as its folders are a site's."""
    if not _ADDRESS.match(name):
        return name.replace("\\", "/").removeprefix("./")
    try:
        return urlsplit(name).path.rsplit("/", 1)[-1]
    except ValueError:  # brackets that look like an IPv6 address and are none
        return name


def _composed(path: str) -> str:
    """Accents and kana marks joined to their letters; macOS writes them apart."""
    return unicodedata.normalize("NFC", path)


def _unquoted(path: str) -> str:
    return _composed(unquote(path))


def _folded(path: str) -> str:
    return _composed(_unquoted(path).casefold())


def _stem(path: str) -> str:
    folded = _folded(path)
    suffix = PurePosixPath(folded).suffix
    return folded.removesuffix(suffix) if suffix in ENDINGS else folded


def _before_upload(path: str) -> str:
    """The name that a file had before Roboflow or Label Studio renamed it."""
    folders, slash, file = _folded(path).rpartition("/")
    return folders + slash + _ROBOFLOW.sub(r"\1.\2", _LABEL_STUDIO.sub("", file))


_SPELLINGS: Sequence[tuple[Callable[[str], str], Callable[[str], str]]] = (
    (str, str),
    (_composed, _composed),
    (_unquoted, _unquoted),
    (_folded, _folded),
    (_stem, _folded),
    (_folded, _before_upload),
    (_stem, _before_upload),
)
"""Of a picture's name and of what a file calls it, ever more lenient. ``_stem`` fits ``5651380`` to
``5651380.jpg``, but never ``a.png`` to ``a.jpg``."""
