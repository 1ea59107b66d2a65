"""A folder with a file of boxes for each picture: YOLO's text files, or Pascal VOC's XML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

import msgspec

from pipeline.labels.box_files import files_of_boxes, picture_of
from pipeline.labels.label_report import LabelReport
from pipeline.labels.reader import Reader
from pipeline.labels.readers import pascal_voc, yolo_txt
from pipeline.labels.record import Label
from pipeline.reading.content import Content
from pipeline.reading.recognition import best_reader
from pipeline.runtime.errors import PipelineError
from pipeline.runtime.quantities import counted

_READERS = (pascal_voc.READER, yolo_txt.READER)
_MAX_EXAMPLES = 5
_SAMPLE = 200
"""Files by which it is judged whether those beside pictures hold boxes."""


class LabelFolder:
    """The labels of all files in a folder and below it. Each iteration reads all of them again.

    A file is about the picture of its name. An empty text file says that there is nothing to box.
    """

    def __init__(self, path: Path, files: Sequence[Path] | None = None) -> None:
        """``files`` are those that count; None means all that may hold boxes."""
        self.path = path
        self._files = files
        self.report = LabelReport(path.name, "boxes")
        """The report of the iteration begun last; its numbers count the labels of all files."""

    def __iter__(self) -> Iterator[Label]:
        self.report = LabelReport(self.path.name, "boxes")
        others: list[str] = []
        for file in files_of_boxes(self.path) if self._files is None else self._files:
            name = file.relative_to(self.path).as_posix()
            content, reader = _opened(file)
            if content is None or reader is None:
                others.append(name)
                continue
            for label in reader.read(content, self.report):
                yield msgspec.structs.replace(label, picture=picture_of(name), file=name)
        if others:
            more = len(others) - _MAX_EXAMPLES
            named = ", ".join(others[:_MAX_EXAMPLES]) + f" and {more} more" * (more > 0)
            self.report.note(f"{counted(len(others), 'file')} without boxes: {named}")


def boxes_beside(folder: Path, names: Sequence[str]) -> list[Path]:
    """The files of boxes beside pictures called ``names``; none if most are something else."""
    stems = {str(PurePosixPath(name).with_suffix("")) for name in names}
    files = [
        file
        for file in files_of_boxes(folder)
        if file.relative_to(folder).with_suffix("").as_posix() in stems
    ]
    sample = files[:: max(1, len(files) // _SAMPLE)]
    filled = [file for file in sample if file.stat().st_size]
    boxes = sum(_opened(file)[1] is not None for file in filled)
    return files if boxes and 2 * boxes >= len(filled) else []


def _opened(file: Path) -> tuple[Content | None, Reader | None]:
    """The content of a file and its reader, if any."""
    try:
        content = Content.open(file)
    except (OSError, PipelineError):
        return None, None
    is_empty = not content.raw_head.strip() and file.suffix == ".txt"
    return content, yolo_txt.READER if is_empty else best_reader(content, _READERS)
