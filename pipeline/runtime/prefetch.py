"""Work in threads ahead of the consumer, with results in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_END: Any = object()


def prefetch(items: Iterator[T], depth: int) -> Iterator[T]:
    """Yield ``items``, which a thread produces up to ``depth`` in advance."""
    with _threads(1) as pool:
        coming = deque(pool.submit(next, items, _END) for _ in range(depth))
        while (item := coming.popleft().result()) is not _END:
            coming.append(pool.submit(next, items, _END))
            yield item


def ordered_map(work: Callable[[T], R], items: Iterable[T], workers: int) -> Iterator[R]:
    """Yield ``work`` of each item in order, computed by ``workers`` threads (1: by the caller).

    One more item than there are threads is under way, so that no thread waits while the caller,
    which also draws the items, is busy with a result.
    """
    if workers == 1:
        yield from map(work, items)
        return
    remaining = iter(items)
    with _threads(workers) as pool:
        coming: deque[Future[R]] = deque()
        coming.extend(pool.submit(work, item) for item in islice(remaining, workers))
        for item in remaining:
            coming.append(pool.submit(work, item))
            yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()


@contextmanager
def _threads(count: int) -> Iterator[ThreadPoolExecutor]:
    """Threads whose work is dropped where the block ends by an exception."""
    pool = ThreadPoolExecutor(count)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
