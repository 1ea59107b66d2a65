"""A folder with a file of boxes for each picture: YOLO's text files, or Pascal VOC's XML."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import msgspec

from pipeline.labels.label_report import LabelReport
from pipeline.labels.readers import pascal_voc, yolo_txt
from pipeline.labels.record import Label
from pipeline.labels.yolo_classes import FILES as CLASS_FILES
from pipeline.reading.content import Content
from pipeline.reading.recognition import best_reader
from pipeline.runtime.errors import PipelineError

_READERS = (pascal_voc.READER, yolo_txt.READER)
_ENDINGS = (".txt", ".xml")
_PICTURES_OF = {"labels": "images", "Annotations": "JPEGImages"}
"""Folders of pictures that lie beside those of labels, by how these are called."""
_MAX_EXAMPLES = 5


class LabelFolder:
    """The labels of all files in a folder and below it. Each iteration reads all of them again.

    A file is about the picture of its name. An empty text file says that there is nothing to box.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.report = LabelReport(path.name, "boxes")
        """The report of the iteration begun last; its numbers count the labels of all files."""

    def __iter__(self) -> Iterator[Label]:
        self.report = LabelReport(self.path.name, "boxes")
        others: list[str] = []
        for file in files_of_boxes(self.path):
            name = file.relative_to(self.path).as_posix()
            picture = _picture_of(name)
            labels = self._labels(file)
            if labels is None:
                others.append(name)
                continue
            for label in labels:
                yield msgspec.structs.replace(label, picture=picture, file=name)
        if others:
            more = len(others) - _MAX_EXAMPLES
            named = ", ".join(others[:_MAX_EXAMPLES]) + f" and {more} more" * (more > 0)
            self.report.note(f"{len(others)} files without boxes: {named}")

    def _labels(self, file: Path) -> Iterator[Label] | None:
        """The labels of a file; None if it is of no format with a file a picture."""
        try:
            content = Content.open(file)
        except (OSError, PipelineError):
            return None
        if file.suffix == ".txt" and not content.head.strip():
            return yolo_txt.READER.read(content, self.report)
        reader = best_reader(content, _READERS)
        return reader.read(content, self.report) if reader else None


def files_of_boxes(folder: Path) -> list[Path]:
    """All files that may be labels, in order; hidden ones, and those with names of classes, not."""
    found = []
    for below, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [
            Path(below, name)
            for name in names
            if name.endswith(_ENDINGS) and not name.startswith(".") and name not in CLASS_FILES
        ]
    return sorted(found)


def _picture_of(name: str) -> str:
    """The picture's path without its ending; of ``labels/a.txt`` that is ``images/a``."""
    *folders, file = PurePosixPath(name).with_suffix("").parts
    return "/".join([*(_PICTURES_OF.get(folder, folder) for folder in folders), file])
