"""What is scored: each face with its crop, or each picture as a whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.faces.crops.crops_file import Crop, read_crops
from pipeline.labels.boxes import Box
from pipeline.pictures.frames_file import Frames, read_names

_SAME_FACE = 0.5
"""Intersection over union from which a rated box is taken for a face."""


@dataclass(frozen=True)
class Subject:
    """One thing to score."""

    picture: str
    frame: int
    """The number of the still in its collection, or of a video's first frame that shows it."""
    row: int
    """Of the picture in frames.h5."""
    crop: Crop | None = None
    crop_row: int = -1
    """Of the crop in its frames.h5."""

    @property
    def name(self) -> str:
        """Of the crop, or of the picture."""
        return self.crop.file if self.crop else self.picture

    @property
    def box(self) -> Box | None:
        """The face; None for a whole picture."""
        return self.crop.box if self.crop else None


def faces(frames: Path, crops: Path, crop_frames: Path) -> list[Subject]:
    """The faces of an item, in the order of ``crops.jsonl``."""
    row = Frames.load(frames).row
    seen = dict(zip(read_names(crop_frames), Frames.load(crop_frames).row.tolist(), strict=True))
    return [
        Subject(crop.picture, crop.frame, int(row[crop.frame]), crop, seen[crop.file])
        for crop in read_crops(crops)
        if crop.file in seen
    ]


def whole_pictures(frames: Path) -> list[Subject]:
    """The stills of an item, or the distinct pictures of a video."""
    tables, names = Frames.load(frames), read_names(frames)
    if names:
        rows = tables.row.tolist()
        return [Subject(n, i, row) for i, (n, row) in enumerate(zip(names, rows, strict=True))]
    first = tables.first_frames().tolist()
    return [Subject(str(frame), frame, row) for row, frame in enumerate(first) if frame >= 0]


class Finder:
    """Finds what a rating is about."""

    def __init__(self, subjects: Sequence[Subject]) -> None:
        self._of: dict[str, list[int]] = defaultdict(list)
        self._subjects = subjects
        for number, subject in enumerate(subjects):
            self._of[subject.picture].append(number)

    def find(self, picture: str, box: Box | None) -> int | None:
        """The number of the subject: of a rated box its face, of a picture its largest face."""
        numbers = self._of.get(picture, [])
        if box is None:
            return max(numbers, key=lambda number: _area(self._subjects[number].box), default=None)
        found = [(_overlap(box, self._subjects[n].box), -n) for n in numbers]
        best, number = max(found, default=(0.0, 0))
        return -number if best >= _SAME_FACE else None


def _area(box: Box | None) -> float:
    return 0.0 if box is None else (box[2] - box[0]) * (box[3] - box[1])


def _overlap(one: Box, other: Box | None) -> float:
    """Intersection over union."""
    if other is None:
        return 0.0
    wide = max(0.0, min(one[2], other[2]) - max(one[0], other[0]))
    high = max(0.0, min(one[3], other[3]) - max(one[1], other[1]))
    both = wide * high
    return both / (_area(one) + _area(other) - both)
