"""``frames.h5``: the distinct pictures of a source and the time of each of its frames.

::

    pictures        (pictures, size, size, 3) uint8   RGB
    pts             (frames,) int64                   when each frame begins, in units of time_base
    row             (frames,) int64                   the picture that each frame shows
    cuts            (scenes - 1,) int64               the first frames of all scenes but the first
    thumbnails      (seconds,) of uint8               a small JPEG of each second's first frame
    thumbnail_frame (seconds,) int64                  the number of that frame
    attributes: time_base ("1/90000"), end (pts), fingerprint, width, height
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from pipeline.media.frame_times import FrameTimes
from pipeline.runtime.arrays import Float64s, Int64s, UInt8s
from pipeline.runtime.atomic_files import published

_CHUNK = 32  # pictures written at once


class FramesWriter:
    """Takes a source frame by frame; memory stays bounded for a film of any length."""

    def __init__(self, file: h5py.File, size: int) -> None:
        shape = (size, size, 3)
        self._pictures = file.create_dataset(
            "pictures",
            (0, *shape),
            np.uint8,
            maxshape=(None, *shape),
            chunks=(_CHUNK, *shape),
            fill_time="never",
        )
        # Zeros: the last chunk is written whole, and equal sources must give equal files.
        self._chunk = np.zeros((_CHUNK, *shape), np.uint8)
        self._pts: list[int] = []
        self._time_base = Fraction(1)
        self._row: list[int] = []
        self._cuts: list[int] = []
        self._thumbnails: list[UInt8s] = []
        self._thumbnail_frame: list[int] = []
        self._held_until = Fraction(0)
        self._next_second = -(2**63)  # pts at which the next thumbnail is due
        self.kept = 0
        """Distinct pictures so far."""

    def add(
        self,
        pts: int,
        time_base: Fraction,
        picture: UInt8s | None,
        begins_scene: bool = False,
    ) -> None:
        """Append a frame that shows ``picture``, or the last one again for None."""
        if picture is not None:
            self._chunk[self.kept % _CHUNK] = picture
            self.kept += 1
            if self.kept % _CHUNK == 0:
                self._flush()
        if begins_scene and self._pts:
            self._cuts.append(len(self._pts))
        self._pts.append(pts)
        self._row.append(self.kept - 1)
        self._time_base = time_base

    def add_thumbnail(self, jpeg: bytes) -> None:
        """Append a thumbnail of the frame added last."""
        self._thumbnails.append(np.frombuffer(jpeg, np.uint8))
        self._thumbnail_frame.append(len(self._pts) - 1)
        second = self._pts[-1] * self._time_base // 1
        self._next_second = math.ceil((second + 1) / self._time_base)

    @property
    def last_picture(self) -> UInt8s | None:
        """The picture added last, (size, size, 3)."""
        return self._chunk[(self.kept - 1) % _CHUNK] if self.kept else None

    @property
    def wants_thumbnail(self) -> bool:
        """Whether the frame added last is the first of its second."""
        return self._pts[-1] >= self._next_second

    @property
    def count(self) -> int:
        """Frames so far."""
        return len(self._pts)

    @property
    def scenes(self) -> int:
        """Scenes so far."""
        return len(self._cuts) + 1

    def hold_until(self, seconds: Fraction) -> None:
        """Let the last frame last until then, as it does in players while there is sound."""
        self._held_until = seconds

    def finish(self, file: h5py.File) -> None:
        """Write the rest; the last frame lasts as long as the one before it."""
        self._flush()
        file["pts"] = np.array(self._pts, np.int64)
        file["row"] = np.array(self._row, np.int64)
        file["cuts"] = np.array(self._cuts, np.int64)
        file["thumbnail_frame"] = np.array(self._thumbnail_frame, np.int64)
        thumbnails = file.create_dataset(
            "thumbnails", len(self._thumbnails), h5py.vlen_dtype(np.uint8)
        )
        for index, jpeg in enumerate(self._thumbnails):
            thumbnails[index] = jpeg
        file.attrs["time_base"] = str(self._time_base)
        last_step = self._pts[-1] - self._pts[-2] if len(self._pts) > 1 else 1
        held = math.ceil(self._held_until / self._time_base)
        file.attrs["end"] = max(self._pts[-1] + last_step, held)

    def _flush(self) -> None:
        start = len(self._pictures)
        if self.kept > start:
            self._pictures.resize(self.kept, axis=0)
            # Written past HDF5's chunk cache and filters, without another copy.
            self._pictures.id.write_direct_chunk((start, 0, 0, 0), self._chunk)


@contextmanager
def writing_frames(target: Path, size: int, **attributes: Any) -> Iterator[FramesWriter]:
    """Publish ``target`` when the block ends without an exception."""
    with published(target) as temporary, h5py.File(temporary, "w") as file:
        file.attrs.update(attributes)
        writer = FramesWriter(file, size)
        yield writer
        writer.finish(file)


def read_thumbnail(path: Path, frame: int) -> bytes:
    """The JPEG of the last thumbnail up to ``frame``."""
    with h5py.File(path, "r") as file:
        index = np.searchsorted(file["thumbnail_frame"][:], frame, side="right") - 1
        return bytes(file["thumbnails"][index])


@dataclass(frozen=True)
class Frames:
    """The tables of ``frames.h5``, without its pictures."""

    times: FrameTimes
    row: Int64s
    """(frames,) the picture that each frame shows."""
    fingerprint: str
    """Of the source."""
    cuts: Int64s
    """(scenes - 1,) the frames that begin a scene, but the first."""

    @classmethod
    def load(cls, path: Path) -> Frames:
        """Read the tables."""
        with h5py.File(path, "r") as file:
            times = FrameTimes(
                pts=file["pts"][:],
                time_base=Fraction(file.attrs["time_base"]),
                end=int(file.attrs["end"]),
            )
            return cls(times, file["row"][:], str(file.attrs["fingerprint"]), file["cuts"][:])

    def seek_times(self, pictures: Int64s) -> Float64s:
        """(n,) seconds at which a player shows some of the pictures (n,).

        The middle of the time that the first frame with each picture is on screen: rounding
        does not lead to a neighbour.
        """
        edges = np.append(self.times.pts, self.times.end)
        first = self.first_frames()[pictures]
        return np.asarray((edges[first] + edges[first + 1]) / 2 * float(self.times.time_base))

    def first_frames(self) -> Int64s:
        """(pictures,) the first frame that shows each picture."""
        return np.unique(self.row, return_index=True)[1].astype(np.int64)
