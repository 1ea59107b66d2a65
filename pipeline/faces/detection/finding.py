"""Faces on the pictures of a collection or video: a person's boxes, or what detectors find."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pipeline.faces.detection.detector import Detector
from pipeline.faces.detection.suggestions import Suggestion, suggest
from pipeline.faces.detection.union import SAME_FACE, Agreed, united
from pipeline.labels.record import Label
from pipeline.media.pixels import Picture
from pipeline.media.source import PictureSource
from pipeline.pictures.frames_file import Frames, read_names
from pipeline.pictures.originals import map_originals
from pipeline.runtime.progress import track


class Named(NamedTuple):
    """A picture to look at."""

    name: str
    """A still's own. Of a video, the number of the first frame that shows the picture."""
    row: int
    """In frames.h5."""


def named_pictures(frames: Path) -> list[Named]:
    """Every still, or every distinct picture of a video, in order."""
    tables = Frames.load(frames)
    if names := read_names(frames):
        return [Named(name, row) for name, row in zip(names, tables.row.tolist(), strict=True)]
    first = enumerate(tables.first_frames().tolist())
    return [Named(str(frame), row) for row, frame in first if frame >= 0]


def find_faces(
    pictures: Sequence[Named],
    source: PictureSource,
    frames: Path,
    detectors: Sequence[Detector],
    *,
    least: float,
    threshold: float,
    corrected: int,
) -> Iterator[Suggestion]:
    """What the detectors suggest of each of the pictures, in order; equal ones are seen once.

    ``least`` is the smallest face in pixels. Raises PipelineError as reading the source does.
    """

    def look(picture: Picture) -> list[Agreed]:
        found = {one.name: one(picture).cleaned(picture, least, SAME_FACE) for one in detectors}
        return united(found)

    rows = np.array(list(dict.fromkeys(one.row for one in pictures)), np.int64)
    names: dict[int, list[str]] = {}
    for one in pictures:
        names.setdefault(one.row, []).append(one.name)
    found = track(map_originals(look, source, frames, rows), len(rows), "faces", "pictures")
    called = [one.name for one in detectors]
    for row, faces in zip(rows.tolist(), found, strict=True):
        for name in names[row]:
            yield suggest(name, faces or [], called, threshold=threshold, corrected=corrected)


def face_labels(
    pictures: Sequence[Named],
    people: dict[str, list[Label]],
    suggestions: dict[str, Suggestion],
    value: str,
) -> Iterator[Label]:
    """``faces.jsonl``: of each picture a person's boxes, or else those of the class ``value``."""
    for one in pictures:
        if one.name in people:
            nothing = Label(picture=one.name, kind="box")
            yield from people[one.name] or [nothing]
        else:
            yield from suggestions[one.name].labels(value)
