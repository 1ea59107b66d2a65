"""``comment_counts.json``: how many comments the training videos have, second by second."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import median_low

import msgspec

from pipeline.danmaku.alignment.aligned_file import Aligned
from pipeline.runtime.atomic_files import write_text


class CommentCounts(msgspec.Struct, frozen=True):
    """What generation draws from where it does not use the learned rate."""

    per_second: list[int]
    """Comments in each second of the training videos, one video after the other."""
    delay_ms: int
    """How long comments come after what they are about: the median of the training videos."""

    @classmethod
    def from_videos(cls, videos: Sequence[Aligned]) -> CommentCounts:
        """Count; comments outside their video belong to no second of it."""
        return cls(
            [count for video in videos for count in video.per_second().tolist()],
            median_low(video.delay_ms for video in videos),
        )

    @classmethod
    def load(cls, path: Path) -> CommentCounts:
        """Read ``comment_counts.json``."""
        return msgspec.json.decode(path.read_bytes(), type=cls)

    def save(self, path: Path) -> None:
        """Publish ``comment_counts.json``, on one line: indented it would have one a second."""
        write_text(path, msgspec.json.encode(self).decode() + "\n")
