"""Where the time of long work goes: how fast it was, and what kept it from being faster."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


class Pace:
    """Seconds by activity. One at a time counts: what begins within another interrupts it."""

    def __init__(self, otherwise: str) -> None:
        """``otherwise`` names what is done when nothing else is."""
        self.seconds: dict[str, float] = defaultdict(float)
        self._doing = [otherwise]
        self._since = time.perf_counter()

    @contextmanager
    def doing(self, activity: str) -> Iterator[None]:
        """Count the block as ``activity``."""
        self._count()
        self._doing.append(activity)
        try:
            yield
        finally:
            self._count()
            self._doing.pop()

    def waiting(self, activity: str, items: Iterable[T]) -> Iterator[T]:
        """Pass ``items`` on and count the time until each is there as ``activity``."""
        remaining = iter(items)
        while True:
            with self.doing(activity):
                item = next(remaining, self)
            if item is self:
                return
            yield item  # type: ignore[misc]

    def verdict(self, amount: int, unit: str) -> str:
        """Such as ``812 frames/s, bounded by decoding (91 % of the time)``."""
        self._count()
        total = sum(self.seconds.values())
        bound = max(self.seconds, key=lambda activity: self.seconds[activity])
        share = self.seconds[bound] / total
        return f"{amount / total:,.1f} {unit}/s, bounded by {bound} ({share:.0%} of the time)"

    def _count(self) -> None:
        now = time.perf_counter()
        self.seconds[self._doing[-1]] += now - self._since
        self._since = now
