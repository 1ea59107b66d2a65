"""``delay.json``: how long after seeing something viewers' comments about it appear."""

from __future__ import annotations

from pathlib import Path

import msgspec

from pipeline.runtime.atomic_files import write_json


class Delay(msgspec.Struct, frozen=True):
    """The reaction delay of one video, a log-normal distribution."""

    estimated: bool
    """Whether comments follow the picture clearly enough for an estimate. If not, the times below
    mean nothing."""
    median_ms: int
    low_ms: int
    """Lower end of the 95 % interval of the median."""
    high_ms: int
    """Upper end of that interval."""
    log_std: float
    """Standard deviation of the delay's natural logarithm."""
    distribution: list[tuple[int, float]]
    """Delays in milliseconds, and the share of comments around each."""
    tokens: int
    """Frequent words of comments that the estimate is based on, repetitions included."""
    cuts: int
    """Sudden changes of the picture."""
    log_likelihood_gain: float
    """In nats per word: how much better the true times of the cuts explain the comments than the
    best of several shifted times."""

    @classmethod
    def load(cls, path: Path) -> Delay:
        """Read ``delay.json``."""
        return msgspec.json.decode(path.read_bytes(), type=cls)

    def save(self, path: Path) -> None:
        """Publish ``delay.json``."""
        write_json(path, self)
