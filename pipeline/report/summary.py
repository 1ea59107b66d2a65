"""``report.json``: the figures of a report, and what the table over all videos tells of it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from pipeline.danmaku.evaluation.evaluation_file import Evaluation
from pipeline.danmaku.training.training_record import TrainingRecord
from pipeline.runtime.atomic_files import write_json


class Summary(msgspec.Struct, frozen=True):
    """One video."""

    video: str
    """Name of its file."""
    model: str
    seconds: float
    frames: int
    pictures: int
    """Distinct ones."""
    comments: int
    """Generated."""
    distinct_comments: int
    copied: int
    """How many of them viewers wrote word for word in what the model learned from."""
    viewers_comments: int
    training: TrainingRecord
    evaluation: Evaluation | None
    """None for videos without comments."""

    @classmethod
    def load(cls, path: Path) -> Summary:
        """Read ``report.json``; raises msgspec.DecodeError for that of another version."""
        return msgspec.json.decode(path.read_bytes(), type=cls)

    def save(self, path: Path) -> None:
        """Publish ``report.json``."""
        write_json(path, self)
