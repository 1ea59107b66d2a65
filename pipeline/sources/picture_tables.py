"""The pictures that a table or a list names, as files."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pipeline.media.picture_files import ENDINGS
from pipeline.sources.pointing import is_file


def files_named(names: Iterable[str], folder: Path) -> list[str]:
    """Where the pictures lie that a file in ``folder`` names, each once and in order.

    Paths are relative to ``folder`` where they are below it or were written so. What is no file
    is among them, so that whoever reads it tells.
    """
    return list(dict.fromkeys(_path(_found(name, folder), folder) for name in names))


def _found(name: str, folder: Path) -> str:
    """The first of the ways in which people name files that is one."""
    if "://" in name:  # saved from a site under the last part of its address
        name = unquote(urlsplit(name).path.rpartition("/")[2])
    path = name.replace("\\", "/")
    names = [name, path]
    if Path(path).suffix.lower() not in ENDINGS:
        names += [path + ending for ending in sorted(ENDINGS)]
    return next((one for one in names if is_file(folder / one)), path)


def _path(name: str, folder: Path) -> str:
    given = Path(os.path.normpath(folder / name))
    if Path(name).is_absolute() and not given.is_relative_to(folder):
        return str(given)
    return os.path.relpath(given, folder)
