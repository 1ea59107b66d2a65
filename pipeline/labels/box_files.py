"""Files of boxes, one a picture: what they are called, and where they lie."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import Final

ENDINGS = (".txt", ".xml")
"""Of YOLO's and of Pascal VOC's."""
PICTURE_FOLDERS: Final = {"labels": "images", "Annotations": "JPEGImages"}
"""Folders of pictures that lie beside those of boxes, by how these are called."""
CLASS_FILES = ("data.yaml", "data.yml", "dataset.yaml", "classes.txt", "obj.names")
"""Files with the names of YOLO's classes, the first of which counts."""

_HEAD_BYTES = 1024


def files_of_boxes(folder: Path) -> list[Path]:
    """All files in a folder and below it that may be, in order; hidden ones are not."""
    found = []
    for below, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [
            Path(below, name)
            for name in names
            if name.endswith(ENDINGS) and not name.startswith(".") and name not in CLASS_FILES
        ]
    return sorted(found)


def is_annotation(path: Path) -> bool:
    """Whether a file is XML as Pascal VOC's: other programs' lies beside pictures, too."""
    if path.suffix != ".xml":
        return False
    with path.open("rb") as file:
        return b"<annotation" in file.read(_HEAD_BYTES)


def picture_of(name: str) -> str:
    """The picture's path without its ending; of ``labels/a.txt`` that is ``images/a``."""
    *folders, file = PurePosixPath(name).with_suffix("").parts
    return "/".join([*(PICTURE_FOLDERS.get(folder, folder) for folder in folders), file])
