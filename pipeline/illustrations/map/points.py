"""What lies on a map: the stills of a collection, or pictures of a video."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from pipeline.pictures.frames_file import Frames, read_names
from pipeline.runtime.arrays import Float64s, Int64s
from pipeline.runtime.clock import MILLISECONDS, clock_text

VideoPoints = Literal["scenes", "pictures"]


@dataclass(frozen=True)
class Points:
    """The n points of a map."""

    frames: Int64s
    """(n,) the frame that each shows, which is the number of a still in its collection."""
    rows: Int64s
    """(n,) the distinct picture of each, a row of frames.h5 and features.h5."""
    seconds: Float64s
    """(n,) when each begins; a still's number."""
    names: list[str]
    """A still's path below its folder, or the time of a video: ``1:05.3``."""
    of: int
    """How many there were, of which these are spread evenly."""
    are_stills: bool

    def __len__(self) -> int:
        return len(self.frames)


def choose_points(frames_file: Path, video: VideoPoints, limit: int) -> Points:
    """All stills, or of a video the middle of each scene or its distinct pictures.

    Where these are more than ``limit``, as many spread evenly are taken.
    """
    frames, names = Frames.load(frames_file), read_names(frames_file)
    found = np.arange(len(names)) if names else _of_video(frames, video)
    taken = found[np.unique(np.linspace(0, len(found) - 1, min(limit, len(found))).astype(int))]
    seconds = frames.times.pts[taken] * float(frames.times.time_base)
    return Points(
        frames=taken,
        rows=frames.row[taken],
        seconds=seconds,
        names=[names[frame] for frame in taken] if names else _clock_texts(seconds),
        of=len(found),
        are_stills=bool(names),
    )


def _of_video(frames: Frames, video: VideoPoints) -> Int64s:
    if video == "scenes":
        edges = np.concatenate([[0], frames.cuts, [len(frames.row)]])
        return np.asarray((edges[:-1] + edges[1:]) // 2)
    return frames.first_frames()


def _clock_texts(seconds: Float64s) -> list[str]:
    return [clock_text(round(time * MILLISECONDS), digits=1) for time in seconds.tolist()]
