"""``training.json``: what a model of captions learned from, and how well."""

from __future__ import annotations

from pathlib import Path

import msgspec

from pipeline.captioning.training_record import CaptionerTraining
from pipeline.runtime.atomic_files import write_json


class TrainingRecord(CaptionerTraining, frozen=True, kw_only=True):
    """A whole training run on captions of pictures."""

    videos: list[str]
    """Names of the folders of the collections that it learned from."""
    fingerprints: list[str]
    """Of these collections."""
    captions: int
    """That were learned from."""
    pictures: int
    """That these are about."""
    held_out: int
    """Captions that it was measured by."""
    rated: int
    """Of the captions that were learned from, those with a rating."""
    distinct_words: int
    kept_words: int

    @classmethod
    def load(cls, path: Path) -> TrainingRecord:
        """Read ``training.json``."""
        return msgspec.json.decode(path.read_bytes(), type=cls)

    def save(self, path: Path) -> None:
        """Publish ``training.json``."""
        write_json(path, self)
