"""``frames.h5``: the distinct pictures of a source and the time of each of its frames.

::

    pictures        (pictures, size, size, 3) uint8   RGB
    pts             (frames,) int64                   when each frame begins, in units of time_base
    row             (frames,) int64                   the picture that each frame shows
    cuts            (scenes - 1,) int64               the first frames of all scenes but the first
    thumbnails      (seconds,) of uint8               a small JPEG of each second's first frame
    thumbnail_frame (seconds,) int64                  the number of that frame
    attributes: time_base ("1/90000"), end (pts), fingerprint, width, height

Stills have a second each, from 0. Instead of thumbnails they have ::

    names           (frames,) str                     each file's path below the folder
    shape           (frames, 2) int64                 width and height of each, in pixels
    key             (pictures, 16) uint8              tells pictures apart
    colours         (pictures, 14, 14, 3) uint8       mean colours of blocks; see near_duplicates
    refused         (files, 2) str                    files that cannot be used wholly, and why

and ``pictures``, ``key`` and ``colours`` are virtual datasets that show the rows of
``frames.rows.h5``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from pipeline.media.frame_times import FrameTimes
from pipeline.pictures.row_store import RowStore
from pipeline.pictures.thumbnail import thumbnail
from pipeline.runtime.arrays import Float64s, Int64s, UInt8s
from pipeline.runtime.atomic_files import published

COLOURS = "colours"
"""The mean colours of blocks of each picture of stills."""
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


def write_still_frames(
    target: Path,
    store: RowStore,
    *,
    names: Sequence[str],
    rows: Sequence[int],
    shapes: Sequence[tuple[int, int]],
    refused: Mapping[str, str],
    fingerprint: str,
) -> None:
    """Publish the frames of stills, whose pictures are ``rows`` of ``store``, beside which it lies.

    ``shapes`` are widths and heights; ``refused`` says why files cannot be used.
    """
    text = h5py.string_dtype()
    with published(target) as temporary, h5py.File(temporary, "w") as file:
        width, height = shapes[0]
        file.attrs.update(
            {
                "fingerprint": fingerprint,
                "width": width,
                "height": height,
                "time_base": "1",
                "end": len(names),
            }
        )
        store.show(file, "pictures")
        store.show(file, "key")
        store.show(file, COLOURS)
        file["pts"] = np.arange(len(names), dtype=np.int64)
        file["row"] = np.array(rows, np.int64)
        file["cuts"] = np.empty(0, np.int64)
        file["shape"] = np.array(shapes, np.int64)
        file.create_dataset("names", data=list(names), dtype=text)
        lines = [list(pair) for pair in refused.items()] or None
        file.create_dataset("refused", (len(refused), 2), text, lines)


def read_keys(path: Path) -> list[bytes]:
    """What tells the pictures of stills apart, by row."""
    with h5py.File(path, "r") as file:
        return [key.tobytes() for key in file["key"][:]]


def read_block_colours(path: Path) -> UInt8s:
    """(rows, 14, 14, 3) the mean colours of the blocks of stills; see ``near_duplicates``."""
    with h5py.File(path, "r") as file:
        return np.asarray(file[COLOURS])


def count_pictures(path: Path) -> int:
    """How many distinct pictures there are, also such as no frame shows any more."""
    with h5py.File(path, "r") as file:
        return len(file["pictures"])


def read_names(path: Path) -> list[str]:
    """The name of each frame; none of a video's."""
    with h5py.File(path, "r") as file:
        return list(file["names"].asstr()[:]) if "names" in file else []


def read_sizes(path: Path) -> dict[str, tuple[int, int]]:
    """Width and height of each still by its name, upright and in pixels; none of a video."""
    with h5py.File(path, "r") as file:
        shapes = map(tuple, file["shape"][:].tolist()) if "shape" in file else ()
    return dict(zip(read_names(path), shapes, strict=False))


def read_thumbnail(path: Path, frame: int) -> bytes:
    """The JPEG of a still, or of a video's last thumbnail up to ``frame``."""
    with h5py.File(path, "r") as file:
        if "names" in file:
            return _small(file, frame)
        index = np.searchsorted(file["thumbnail_frame"][:], frame, side="right") - 1
        return bytes(file["thumbnails"][index])


def read_thumbnails(path: Path, pictures: Int64s, max_side: int) -> list[bytes]:
    """JPEGs of some distinct pictures (n,), in their own shapes, ``max_side`` pixels long."""
    shapes = read_shapes(path, pictures)
    thumbnails = [b""] * len(pictures)
    with h5py.File(path, "r") as file:
        for place in np.argsort(pictures, kind="stable").tolist():  # as they lie in the file
            square = file["pictures"][pictures[place]]
            thumbnails[place] = thumbnail(square, shapes[place], max_side)
    return thumbnails


def read_small_picture(path: Path, frame: int) -> bytes:
    """The JPEG of the very picture that a frame shows, small and with the source's aspect."""
    with h5py.File(path, "r") as file:
        return _small(file, frame)


def _small(file: h5py.File, frame: int) -> bytes:
    picture = file["pictures"][file["row"][frame]]
    if "shape" in file:
        return thumbnail(picture, tuple(file["shape"][frame].tolist()))
    return thumbnail(picture, (int(file.attrs["width"]), int(file.attrs["height"])))


def read_shapes(path: Path, pictures: Int64s) -> list[tuple[int, int]]:
    """Width and height of some pictures (n,), in pixels: a still's own, or else the video's."""
    with h5py.File(path, "r") as file:
        if "shape" in file:
            shapes = file["shape"][:][Frames.load(path).first_frames()[pictures]]
        else:
            shapes = np.tile([file.attrs["width"], file.attrs["height"]], (len(pictures), 1))
    return [(width, height) for width, height in shapes.tolist()]


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
        """(pictures,) the first frame that shows each picture; −1 for one that none does.

        Stills that are gone leave such pictures behind.
        """
        rows, frames = np.unique(self.row, return_index=True)
        first = np.full(rows[-1] + 1, -1, np.int64)
        first[rows] = frames
        return first
