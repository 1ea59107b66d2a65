"""``crops.jsonl``: from which picture and box each crop was cut."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from pipeline.labels.boxes import Box
from pipeline.labels.record import By
from pipeline.runtime.json_lines import read_lines, write_lines


class Crop(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A face that was cut out."""

    file: str
    """Its path below the folder of crops."""
    picture: str
    """What it was cut out of."""
    frame: int
    """The number of the still in its collection, or of a video's first frame that shows it."""
    box: Box
    """The face: left, top, right and bottom, in pixels of the upright picture."""
    window: tuple[int, int, int, int]
    """What was cut out around it."""
    probability: float | None = None
    """That it is a face, as the detector says; None for a person's box."""
    by: By = "person"


def read_crops(path: Path) -> list[Crop]:
    """Read ``crops.jsonl``; raises PipelineError BAD_ARTIFACT."""
    return list(read_lines(path, Crop))


def write_crops(path: Path, crops: Iterable[Crop]) -> int:
    """Publish ``crops.jsonl``; return the number of crops."""
    return write_lines(path, crops)
