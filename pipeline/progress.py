"""How far long work has come: a bar on a terminal, now and then a log line elsewhere."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from pipeline.torchrun import leads

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
    if not leads():
        yield from items
        return
    from tqdm import tqdm

    if sys.stderr.isatty():
        with tqdm(total=total, desc=doing, unit=f" {unit}", leave=False, dynamic_ncols=True) as bar:
            for item in items:
                yield item
                bar.update(amount(item))
        return
    log = logging.getLogger("pipeline.progress")
    started = last = time.monotonic()
    done = 0
    for item in items:
        yield item
        done += amount(item)
        now = time.monotonic()
        if now - last >= SECONDS_BETWEEN_LOG_LINES:
            last = now
            rate = done / (now - started)
            left = f", {(total - done) / rate:.0f} s left" if total else ""
            log.info("%s: %d of %s %s, %.1f/s%s", doing, done, total or "?", unit, rate, left)
