"""When viewers comment and how: what generation draws from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import msgspec
import numpy as np

from pipeline.artifacts.aligned import Aligned
from pipeline.artifacts.publishing import write_text
from pipeline.timebase import MILLISECONDS


class Rhythm(msgspec.Struct, frozen=True):
    """``rhythm.json``: how many comments a second has, and the commands they carry."""

    per_second: list[int]
    """Comments in each second of the training videos."""
    commands: list[tuple[int, list[str]]]
    """How often each set of commands occurs, most frequent first."""

    @classmethod
    def of(cls, videos: Iterable[Aligned]) -> Rhythm:
        """Count; times outside a video belong to its first or last second."""
        per_second: list[int] = []
        commands: Counter[tuple[str, ...]] = Counter()
        for video in videos:
            last = max(0, (video.duration_ms - 1) // MILLISECONDS)
            seconds = np.clip(video.time_ms // MILLISECONDS, 0, last)
            per_second += np.bincount(seconds, minlength=last + 1).tolist()
            commands.update(tuple(words) for words in video.commands)
        ranked = sorted(commands.items(), key=lambda item: (-item[1], item[0]))
        return cls(per_second, [(count, list(words)) for words, count in ranked])

    @classmethod
    def load(cls, path: Path) -> Rhythm:
        """Read ``rhythm.json``."""
        return msgspec.json.decode(path.read_bytes(), type=cls)

    def save(self, path: Path) -> None:
        """Publish ``rhythm.json``."""
        write_text(path, msgspec.json.encode(self).decode() + "\n")
