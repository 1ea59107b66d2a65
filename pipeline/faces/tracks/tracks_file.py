"""``tracks.jsonl``: each face from when it appears until it is gone or the scene ends."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from pipeline.labels.boxes import Box
from pipeline.runtime.json_lines import read_lines, write_lines


class Held(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A face as long as a picture stands still."""

    frame: int
    """The first frame that shows it."""
    end_frame: int
    """Exclusive."""
    box: Box
    """Left, top, right and bottom, in pixels of the upright picture."""
    crop: str = ""
    """The file in ``faces``; empty for a face that is too small for one."""


class Track(msgspec.Struct, frozen=True, kw_only=True):
    """One face through a scene."""

    number: int
    """From 1, in the order in which they begin."""
    scene: int
    """From 1."""
    start_ms: int
    """From the start of the video."""
    end_ms: int
    """Exclusive."""
    seconds: float
    """For which it is seen; it may be lost in between."""
    faces: list[Held]


def read_tracks(path: Path) -> list[Track]:
    """Read ``tracks.jsonl``; raises PipelineError BAD_ARTIFACT."""
    return list(read_lines(path, Track))


def write_tracks(path: Path, tracks: Iterable[Track]) -> int:
    """Publish ``tracks.jsonl``; return the number of tracks."""
    return write_lines(path, tracks)
