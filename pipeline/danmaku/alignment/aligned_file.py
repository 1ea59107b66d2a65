"""``aligned.h5``: which frame and picture each comment of a video belongs to.

::

    line      (comments,) int64   its line in comments.jsonl, from 0
    time_ms   (comments,) int64   as written, milliseconds
    frame     (comments,) int64
    picture   (comments,) int64   the row of that frame in frames.h5 and features.h5
    dev       (comments,) bool    held out of training
    words, commands  (comments,) UTF-8, separated by spaces
    attributes: frames, duration_ms, past_end, before_start, delay_ms,
                held_out_videos_share, seed
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from pipeline.runtime.arrays import Bools, Int64s
from pipeline.runtime.atomic_files import published
from pipeline.runtime.clock import MILLISECONDS

_TEXT = h5py.string_dtype("utf-8")
_NUMBERS = ("line", "time_ms", "frame", "picture", "dev")
_ATTRIBUTES = (
    *("frames", "duration_ms", "past_end", "before_start"),
    *("delay_ms", "held_out_videos_share", "seed"),
)


@dataclass(frozen=True)
class Aligned:
    """The comments of one video, ready to learn from; arrays are (comments,)."""

    line: Int64s
    time_ms: Int64s
    frame: Int64s
    picture: Int64s
    dev: Bools
    words: list[list[str]]
    commands: list[list[str]]
    frames: int
    """Frames of the video."""
    duration_ms: int
    past_end: int
    """Comments timed after the last frame, dropped or not."""
    before_start: int
    """Comments with a negative time, dropped or not."""
    delay_ms: int
    """How long before its time a comment's frame was shown."""
    held_out_videos_share: float
    """Share of the training videos to hold out as a whole; 0 where ``dev`` is final."""
    seed: int
    """Decides which videos those are."""

    @property
    def last_second(self) -> int:
        """The last second of the video, from 0; it may be a part of one."""
        return max(0, (self.duration_ms - 1) // MILLISECONDS)

    @property
    def second(self) -> Int64s:
        """(comments,) the second of the video that each belongs to.

        Comments outside the video belong to its first or last second.
        """
        return np.clip(self.time_ms // MILLISECONDS, 0, self.last_second)

    def per_second(self) -> Int64s:
        """(seconds,) the number of comments in each second.

        Comments outside the video are not counted: they may lie on its first or last frame, but
        nobody wrote them in that second.
        """
        inside = (self.time_ms >= 0) & (self.time_ms < self.duration_ms)
        counts = np.bincount(self.second[inside], minlength=self.last_second + 1)
        return counts.astype(np.int64)

    def save(self, path: Path) -> None:
        """Publish ``aligned.h5``."""
        with published(path) as temporary, h5py.File(temporary, "w") as file:
            self.write(file)

    def write(self, group: h5py.Group) -> None:
        """Write all fields to a file or a group."""
        for name in _NUMBERS:
            group[name] = getattr(self, name)
        for name in ("words", "commands"):
            lines = [" ".join(words) for words in getattr(self, name)]
            group.create_dataset(name, data=np.array(lines, object), dtype=_TEXT)
        for name in _ATTRIBUTES:
            group.attrs[name] = getattr(self, name)

    @classmethod
    def load(cls, path: Path) -> Aligned:
        """Read ``aligned.h5``."""
        with h5py.File(path, "r") as file:
            return cls.read(file)

    @classmethod
    def read(cls, group: h5py.Group) -> Aligned:
        """Read a file or a group that ``write`` filled."""
        fields: dict[str, Any] = {name: group[name][:] for name in _NUMBERS}
        for name in ("words", "commands"):
            fields[name] = [line.split() for line in group[name].asstr()[:]]
        fields |= {name: group.attrs[name].item() for name in _ATTRIBUTES}
        return cls(**fields)
