"""``tagger.json``: which tagger tagged a collection, and what is known of it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from pipeline.illustrations.training_record import TagTraining
from pipeline.runtime.atomic_files import write_json


class TaggerRecord(msgspec.Struct, frozen=True):
    """A tagger as a collection met it: what becomes of the model later does not matter."""

    name: str
    """That of the model, or of the folder of a published tagger."""
    has_learned_from_it: bool
    """Whether the collection is one of those that it learned from; a published one never says."""
    training: TagTraining | None
    """None for a published one."""

    @classmethod
    def of_own(cls, training: Path, fingerprint: str) -> TaggerRecord:
        """Of a learned tagger with this ``training``, for a collection with this fingerprint."""
        record = TagTraining.load(training)
        return cls(training.parent.name, fingerprint in record.fingerprints, record)

    @classmethod
    def load(cls, path: Path) -> TaggerRecord:
        """Read ``tagger.json``."""
        return msgspec.json.decode(path.read_bytes(), type=cls)

    def save(self, path: Path) -> None:
        """Publish ``tagger.json``."""
        write_json(path, self)
