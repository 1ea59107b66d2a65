"""Pictures that were scored by being sorted into folders: ``1`` to ``5``, or any such numbers."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from pipeline.labels.columns import is_picture_name
from pipeline.labels.label_report import LabelReport
from pipeline.labels.record import Label

_SCORE = re.compile(r"\d{1,2}(?:\.\d)?")


class ScoreFolders:
    """The scores of all pictures in such folders. Each iteration looks at them again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.report = LabelReport(path.name, "folders")
        """The report of the iteration begun last."""

    def __iter__(self) -> Iterator[Label]:
        self.report = LabelReport(self.path.name, "folders")
        for folder in folders_of_scores(self.path):
            for below, folders, names in os.walk(folder):
                folders.sort()
                for name in sorted(filter(is_picture_name, names)):
                    picture = Path(below, name).relative_to(self.path).as_posix()
                    for label in self.report.score(picture, folder.name):
                        yield msgspec.structs.replace(label, file=folder.name)


def folders_of_scores(path: Path) -> list[Path]:
    """The folders within ``path`` if there are several and each is called by a number."""
    folders = [
        Path(entry.path)
        for entry in os.scandir(path)
        if entry.is_dir() and not entry.name.startswith(".")
    ]
    are_scores = len(folders) > 1 and all(_SCORE.fullmatch(folder.name) for folder in folders)
    return sorted(folders) if are_scores else []
