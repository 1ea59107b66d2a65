"""How long a video shows each of its pictures that have faces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.faces.crops.faces_found import Faces, read_faces
from pipeline.labels.boxes import Box
from pipeline.pictures.frames_file import Frames


@dataclass(frozen=True)
class Showing:
    """A picture with faces, held for some frames."""

    faces: Faces
    end_frame: int
    """The frame after the last one that shows it."""

    @property
    def start_frame(self) -> int:
        """The first frame that shows it."""
        return self.faces.frame


def showings(faces_file: Path, frames_file: Path) -> Iterator[Showing]:
    """Yield the pictures with faces in order of time; raises PipelineError as ``read_faces``."""
    row = Frames.load(frames_file).row
    for faces in sorted(read_faces(faces_file, frames_file), key=lambda faces: faces.frame):
        others = np.flatnonzero(row[faces.frame :] != row[faces.frame])
        yield Showing(faces, faces.frame + int(others[0]) if len(others) else len(row))


def face_times(faces_file: Path, frames_file: Path) -> list[tuple[float, float, Box]]:
    """Each box with the seconds from and to which it is shown.

    Raises PipelineError as ``read_faces``.
    """
    times = Frames.load(frames_file).times
    edges = np.append(times.pts, times.end) * float(times.time_base)
    return [
        (float(edges[shown.start_frame]), float(edges[shown.end_frame]), box)
        for shown in showings(faces_file, frames_file)
        for box in shown.faces.boxes
    ]
