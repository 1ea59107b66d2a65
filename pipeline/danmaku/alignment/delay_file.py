"""``delay.json``: how long after seeing something viewers' comments about it appear."""

from __future__ import annotations

from pathlib import Path

import msgspec

from pipeline.runtime.atomic_files import write_json


class Delay(msgspec.Struct, frozen=True):
    """The reaction delay of one video, a log-normal distribution."""

    found: bool
    """Whether comments follow the pictures clearly enough to tell; else all times mean nothing."""
    median_ms: int
    low_ms: int
    """Lower end of the 95 % interval of the median."""
    high_ms: int
    spread: float
    """Standard deviation of the delay's natural logarithm."""
    distribution: list[tuple[int, float]]
    """Delays in milliseconds and the share of comments around each."""
    words: int
    """Frequent words of comments that it was estimated from."""
    cuts: int
    """Sudden changes of the picture."""
    gain: float
    """Nats a word by which the true times of the cuts explain the comments better than the
    best of shifted times."""

    @classmethod
    def load(cls, path: Path) -> Delay:
        """Read ``delay.json``."""
        return msgspec.json.decode(path.read_bytes(), type=cls)

    def save(self, path: Path) -> None:
        """Publish ``delay.json``."""
        write_json(path, self)
