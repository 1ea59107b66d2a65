"""When viewers comment: what generation draws from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import median_low

import msgspec

from pipeline.danmaku.alignment.aligned_file import Aligned
from pipeline.runtime.atomic_files import write_text


class Rhythm(msgspec.Struct, frozen=True):
    """``rhythm.json``: how many comments a second has, and how late they come."""

    per_second: list[int]
    """Comments in each second of the training videos."""
    delay_ms: int
    """How long after what they are about comments come: the training videos' median."""

    @classmethod
    def of(cls, videos: Sequence[Aligned]) -> Rhythm:
        """Count; comments outside of their video are in no second of it."""
        return cls(
            [count for video in videos for count in video.per_second().tolist()],
            median_low(video.delay_ms for video in videos),
        )

    @classmethod
    def load(cls, path: Path) -> Rhythm:
        """Read ``rhythm.json``."""
        return msgspec.json.decode(path.read_bytes(), type=cls)

    def save(self, path: Path) -> None:
        """Publish ``rhythm.json``."""
        write_text(path, msgspec.json.encode(self).decode() + "\n")
