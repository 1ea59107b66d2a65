"""A comment, and where each of its words looked."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.runtime.arrays import Float32s, UInt8s
from pipeline.runtime.clock import clock_text


@dataclass(frozen=True)
class AttendedComment:
    """A comment, and where each of its words looked."""

    time_ms: int
    text: str
    """On one line."""
    labels: list[str]
    """Its words, each on one line, and then, if it has a map of its own, the end mark."""
    heat: UInt8s
    """(labels, p) how hot each position is: see ``pictures.heat.heat_strength``."""
    peaks: Float32s
    """(labels,) the share that the hottest position has of all attention, 0–1."""

    @property
    def time(self) -> str:
        """When it appears: ``1:02.3``."""
        return clock_text(max(self.time_ms, 0), digits=1)

    def peak(self, place: int) -> str:
        """The peak share of a label as text: ``2.3 %``."""
        share = float(self.peaks[place])
        return f"{100 * share:.2g} %" if share < 0.995 else "100 %"
