"""``faces.jsonl``, picture by picture: the boxes of faces, and when the source shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from pathlib import Path

from pipeline.labels.boxes import Box
from pipeline.labels.labels_file import read_labels_file
from pipeline.labels.record import Label
from pipeline.pictures.frames_file import Frames, read_names
from pipeline.runtime.errors import ExitCode, PipelineError


@dataclass(frozen=True)
class Faces:
    """The faces of one picture."""

    picture: str
    """A still's name, or the number of the first frame that shows a picture of a video."""
    frame: int
    """The number of the still in its collection, or that frame."""
    time: Fraction
    """Seconds at which the source shows it."""
    boxes: Mapping[Box, Label]
    """What was said of each box."""

    @property
    def name(self) -> str:
        """What crops are called by; they sort as the pictures do."""
        return self.picture if not self.picture.isdecimal() else f"{self.frame:06}"


def read_faces(faces_file: Path, frames_file: Path) -> Iterator[Faces]:
    """Yield the pictures of ``faces.jsonl`` that have faces.

    Raises PipelineError BAD_ARTIFACT for a picture that is not in ``frames.h5``, and for a box or
    a probability that cannot be.
    """
    frames, frame_of = Frames.load(frames_file), _finder(frames_file)
    for picture, labels in groupby(read_labels_file(faces_file), key=lambda label: label.picture):
        boxes = {label.box: label for label in labels if label.box is not None}
        if not boxes:
            continue
        for label in boxes.values():
            _check(label, faces_file)
        frame = frame_of(picture)
        if frame is None or frame >= len(frames.row):
            raise PipelineError(
                ExitCode.BAD_ARTIFACT,
                f"{faces_file} has faces of {picture}, which is not in {frames_file}",
                "Delete it, and run again to make it anew",
            )
        yield Faces(picture, frame, frames.times.middle(frame), boxes)


def _check(label: Label, file: Path) -> None:
    assert label.box is not None
    left, top, right, bottom = label.box
    certain = label.by == "person" or label.weight is None
    if not (left < right and top < bottom and (certain or 0 <= (label.weight or 0) <= 1)):
        raise PipelineError(
            ExitCode.BAD_ARTIFACT,
            f"{file}: the box {label.box} of {label.picture} (`weight`: {label.weight}) cannot be",
            "Correct that line, or delete the file to make it anew",
        )


def _finder(frames_file: Path) -> Callable[[str], int | None]:
    """From what ``faces.jsonl`` calls a picture to its frame."""
    names = read_names(frames_file)
    if not names:
        return lambda picture: int(picture) if picture.isdecimal() else None
    return {name: frame for frame, name in enumerate(names)}.get
