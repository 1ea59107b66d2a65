"""What a line is written for: each still of a collection, or each scene of a video."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pipeline.pictures.frames_file import Frames, read_keys, read_names


class Moment(NamedTuple):
    """A picture, and where it is."""

    frame: int
    row: int
    """Of frames.h5."""
    key: bytes
    """Tells pictures apart, in any collection."""
    time_ms: int
    picture: str
    """Its name; empty in a video."""


def moments_of(path: Path, scene_s: float) -> list[Moment]:
    """Every still of a ``frames.h5``; or, of a video, a moment in each scene.

    That is the middle of the scene; scenes that begin less than ``scene_s`` after the last one
    that got a moment are passed over.
    """
    frames, names = Frames.load(path), read_names(path)
    if names:
        keys = read_keys(path)
        return [
            Moment(frame, row, keys[row], 1000 * frame, names[frame])
            for frame, row in enumerate(frames.row.tolist())
        ]
    return list(_scenes(frames, scene_s))


def _scenes(frames: Frames, scene_s: float) -> Iterator[Moment]:
    starts = np.array([0, *frames.cuts], np.int64)
    times = frames.times.milliseconds(np.arange(len(frames.row))) / 1000
    last = -np.inf
    for start, end in zip(starts, [*starts[1:], len(frames.row)], strict=True):
        if times[start] - last < scene_s:
            continue
        last = times[start]
        middle = int(start + (end - start) // 2)
        key = hashlib.sha256(f"{frames.fingerprint} {middle}".encode()).digest()[:16]
        yield Moment(middle, int(frames.row[middle]), key, round(1000 * times[start]), "")
