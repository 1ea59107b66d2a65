"""Which comments go so that the others are early enough, or few enough a second."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.runtime.arrays import Bools, Int64s
from pipeline.runtime.clock import MILLISECONDS

_DAY = 86_400  # seconds


def beyond_limits(
    times_ms: Sequence[int], dates: Sequence[int], days: float | None, most: int | None
) -> dict[int, str]:
    """Rows of the comments that go, and why.

    ``times_ms`` and ``dates`` (unix seconds, negative for none) are those of all comments;
    ``days`` may pass after the first was posted, and ``most`` are kept of each second. None
    is no limit.
    """
    reasons: dict[int, str] = {}
    if days is not None:
        posted = np.asarray(dates, np.int64)
        reasons |= dict.fromkeys(_rows(posted < 0), "without a date to count days from")
        reasons |= dict.fromkeys(_rows(_late(posted, days)), "posted later than the days allowed")
    if most is not None:
        staying = np.delete(np.arange(len(times_ms)), list(reasons))
        surplus = _surplus(np.asarray(times_ms, np.int64)[staying], most)
        reasons |= dict.fromkeys(staying[surplus].tolist(), "beyond the most in a second")
    return reasons


def _rows(condition: Bools) -> list[int]:
    rows: list[int] = np.flatnonzero(condition).tolist()
    return rows


def _late(dates: Int64s, days: float) -> Bools:
    known = dates[dates >= 0]
    last = known.min() + days * _DAY if len(known) else 0
    late: Bools = dates > last
    return late


def _surplus(times_ms: Int64s, most: int) -> Bools:
    """(n,) which comments go so that no second has more than ``most``.

    Of n in a second, those stay at which i · most / n, for i from 0, reaches a new whole
    number: every n/most-th in the order of time.
    """
    order = np.argsort(times_ms, kind="stable")
    seconds = times_ms[order] // MILLISECONDS
    begin = np.searchsorted(seconds, seconds, side="left")
    count = np.searchsorted(seconds, seconds, side="right") - begin
    rank = np.arange(len(order)) - begin
    share = np.minimum(most / np.maximum(count, 1), 1)
    stays = (count <= most) | (np.floor(rank * share) != np.floor((rank - 1) * share))
    surplus = np.empty(len(order), bool)
    surplus[order] = ~stays
    return surplus
