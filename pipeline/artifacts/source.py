"""``source.video.json`` and ``source.comments.json``: where a user's own file lies."""

from __future__ import annotations

from pathlib import Path

import msgspec

from pipeline.artifacts.publishing import write_text


class Source(msgspec.Struct, frozen=True):
    """A pointer to a file of the user's, rewritten only when that file changes."""

    path: str
    """Absolute."""
    fingerprint: str
    """Digest of its size and its two ends; see pipeline.fingerprint."""

    @classmethod
    def load(cls, pointer: Path) -> Source:
        """Read a pointer file."""
        return msgspec.json.decode(pointer.read_bytes(), type=cls)

    def save(self, pointer: Path) -> None:
        """Publish a pointer file."""
        write_text(pointer, msgspec.json.encode(self).decode() + "\n")


def source_path(given: Path) -> Path:
    """The user's file itself, from a pointer to it or from its own path."""
    return Path(Source.load(given).path) if given.name.startswith("source.") else given
