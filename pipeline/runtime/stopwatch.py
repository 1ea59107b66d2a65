"""Where the time of long work goes: how fast it was, and what limited it."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


class Stopwatch:
    """Seconds by activity. Only one counts at a time: an inner activity pauses the outer one."""

    def __init__(self, otherwise: str) -> None:
        """``otherwise`` names the activity outside of all others."""
        self.seconds: dict[str, float] = defaultdict(float)
        self._activities = [otherwise]
        self._since = time.perf_counter()

    @contextmanager
    def measure(self, activity: str) -> Iterator[None]:
        """Count the block as ``activity``."""
        self._count()
        self._activities.append(activity)
        try:
            yield
        finally:
            self._count()
            self._activities.pop()

    def waiting(self, activity: str, items: Iterable[T]) -> Iterator[T]:
        """Yield ``items``, and count the time of waiting for each as ``activity``."""
        remaining = iter(items)
        while True:
            with self.measure(activity):
                item = next(remaining, self)
            if item is self:
                return
            yield item  # type: ignore[misc]

    def bottleneck(self, amount: int, unit: str) -> str:
        """Rate and largest share: ``812 frames/s, bounded by decoding (91% of the time)``."""
        self._count()
        total = sum(self.seconds.values())
        bound = max(self.seconds, key=lambda activity: self.seconds[activity])
        share = self.seconds[bound] / total
        return f"{amount / total:,.1f} {unit}/s, bounded by {bound} ({share:.0%} of the time)"

    def _count(self) -> None:
        now = time.perf_counter()
        self.seconds[self._activities[-1]] += now - self._since
        self._since = now
