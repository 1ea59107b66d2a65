"""``frames.h5``: the distinct pictures of a video and the time of each of its frames.

::

    pictures  (pictures, size, size, 3) uint8   RGB
    pts       (frames,) int64                   begin of each frame, in units of time_base
    row       (frames,) int64                   which picture each frame shows
    attributes: time_base ("1/90000"), end (pts), fingerprint, width, height
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from pipeline.artifacts.publishing import published
from pipeline.timebase import FrameTimes, Int64s

_BLOCK = 32  # pictures written at once


class FramesWriter:
    """Takes a video frame by frame; memory stays bounded for a film of any length."""

    def __init__(self, file: h5py.File, size: int) -> None:
        shape = (size, size, 3)
        self._pictures = file.create_dataset(
            "pictures", (0, *shape), np.uint8, maxshape=(None, *shape), chunks=(_BLOCK, *shape)
        )
        self._block = np.empty((_BLOCK, *shape), np.uint8)
        self._pts: list[int] = []
        self._row: list[int] = []
        self._kept = 0

    @property
    def last_picture(self) -> npt.NDArray[np.uint8] | None:
        """The picture added last, (size, size, 3)."""
        return self._block[(self._kept - 1) % _BLOCK] if self._kept else None

    def add(self, pts: int, picture: npt.NDArray[np.uint8] | None) -> None:
        """Append a frame that shows ``picture``, or the last one again for None."""
        if picture is not None:
            self._block[self._kept % _BLOCK] = picture
            self._kept += 1
            if self._kept % _BLOCK == 0:
                self._flush()
        self._pts.append(pts)
        self._row.append(self._kept - 1)

    def finish(self, file: h5py.File, time_base: Fraction, last_frame: int) -> None:
        """Write the tables; ``last_frame`` is how long the last frame stays, in time_base."""
        self._flush()
        file["pts"] = np.array(self._pts, np.int64)
        file["row"] = np.array(self._row, np.int64)
        file.attrs["time_base"] = str(time_base)
        file.attrs["end"] = self._pts[-1] + last_frame

    @property
    def counts(self) -> tuple[int, int]:
        """How many frames and how many distinct pictures there are so far."""
        return len(self._pts), self._kept

    @property
    def last_step(self) -> int:
        """Units between the last two frames; 1 for a single frame."""
        return self._pts[-1] - self._pts[-2] if len(self._pts) > 1 else 1

    def _flush(self) -> None:
        start = len(self._pictures)
        if self._kept > start:
            self._pictures.resize(self._kept, axis=0)
            self._pictures[start:] = self._block[: self._kept - start]


@contextmanager
def writing_frames(
    target: Path, size: int, **attributes: Any
) -> Iterator[tuple[FramesWriter, h5py.File]]:
    """Publish ``target`` when the block ends well."""
    with published(target) as temporary, h5py.File(temporary, "w") as file:
        file.attrs.update(attributes)
        yield FramesWriter(file, size), file


@dataclass(frozen=True)
class Frames:
    """The tables of ``frames.h5``, without its pictures."""

    times: FrameTimes
    row: Int64s
    """(frames,) the picture that each frame shows."""
    fingerprint: str
    """Of the video file."""

    @classmethod
    def load(cls, path: Path) -> Frames:
        """Read the tables."""
        with h5py.File(path, "r") as file:
            times = FrameTimes(
                pts=file["pts"][:],
                time_base=Fraction(file.attrs["time_base"]),
                end=int(file.attrs["end"]),
            )
            return cls(times, file["row"][:], str(file.attrs["fingerprint"]))

    def first_frames(self) -> Int64s:
        """(pictures,) the first frame that shows each picture."""
        return np.unique(self.row, return_index=True)[1].astype(np.int64)
