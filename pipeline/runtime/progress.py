"""How far long work has come: a bar on a terminal, now and then a log line elsewhere."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from pipeline.runtime.torchrun import leads

T = TypeVar("T")

SECONDS_BETWEEN_LOG_LINES = 30.0


def track(
    items: Iterable[T],
    total: int | None,
    doing: str,
    unit: str,
    amount: Callable[[T], int] = lambda item: 1,
) -> Iterator[T]:
    """Pass ``items`` on and show their count, rate and the time left.

    ``total`` is how many are expected; None where nobody knows. An item counts as ``amount``.
    """
    with progress(total, doing, unit) as advance:
        for item in items:
            yield item
            advance(amount(item))


@contextmanager
def progress(total: int | None, doing: str, unit: str) -> Iterator[Callable[[int], object]]:
    """Show how far something has come; what is yielded takes how much more is done.

    It may be called by several threads, though not by two at once.
    """
    if not leads():
        yield lambda amount: None
    elif sys.stderr.isatty():
        from tqdm import tqdm

        with tqdm(total=total, desc=doing, unit=f" {unit}", leave=False, dynamic_ncols=True) as bar:
            yield bar.update
    else:
        yield _LogLines(total, doing, unit).advance


class _LogLines:
    """A line now and then."""

    def __init__(self, total: int | None, doing: str, unit: str) -> None:
        self._total, self._doing, self._unit = total, doing, unit
        self._log = logging.getLogger("pipeline.runtime.progress")
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
        self._log.info(line, self._doing, self._done, total or "?", self._unit, rate, left)
