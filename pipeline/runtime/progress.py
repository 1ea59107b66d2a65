"""Progress of long work: a bar on a terminal, a log line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from pipeline.runtime.logs import log
from pipeline.runtime.torchrun import is_first

T = TypeVar("T")

SECONDS_BETWEEN_LOG_LINES = 30.0


def track(
    items: Iterable[T],
    total: int | None,
    activity: str,
    unit: str,
    amount: Callable[[T], int] = lambda item: 1,
) -> Iterator[T]:
    """Yield ``items`` and show their count, their rate and the time left.

    ``total`` is how many are expected, or None if that is unknown. ``amount`` says how many an
    item counts for.
    """
    with progress(total, activity, unit) as advance:
        for item in items:
            yield item
            advance(amount(item))


@contextmanager
def progress(total: int | None, activity: str, unit: str) -> Iterator[Callable[[int], object]]:
    """Show the progress of the block; it yields a function that takes how much more is done.

    Several threads may call that function, though not two at once.
    """
    if not is_first():
        yield lambda amount: None
    elif sys.stderr.isatty():
        from tqdm import tqdm

        with tqdm(
            total=total, desc=activity, unit=f" {unit}", leave=False, dynamic_ncols=True
        ) as bar:
            yield bar.update
    else:
        yield _LogLines(total, activity, unit).advance


class _LogLines:
    """A line now and then."""

    def __init__(self, total: int | None, activity: str, unit: str) -> None:
        self._total, self._activity, self._unit = total, activity, unit
        self._started = self._last = time.monotonic()
        self._done = 0

    def advance(self, amount: int) -> None:
        self._done += amount
        now = time.monotonic()
        if now - self._last < SECONDS_BETWEEN_LOG_LINES:
            return
        self._last = now
        rate = self._done / (now - self._started)
        total = self._total
        left = f", {(total - self._done) / rate:.0f} s left" if total and rate else ""
        line = "%s: %d of %s %s, %.1f/s%s"
        log.info(line, self._activity, self._done, total or "?", self._unit, rate, left)
