"""Which comments to drop because they were posted too late, or are too many in a second."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.runtime.arrays import Bools, Int64s
from pipeline.runtime.clock import MILLISECONDS

_DAY = 86_400  # seconds


def beyond_limits(
    times_ms: Sequence[int],
    dates: Sequence[int],
    max_days: float | None,
    max_per_second: int | None,
) -> dict[int, str]:
    """Indices of the comments to drop, with the reason.

    ``times_ms`` and ``dates`` (unix seconds, negative for none) are those of all comments.
    Comments posted more than ``max_days`` after the first one are dropped, and those beyond
    ``max_per_second``. None is no limit.
    """
    reasons: dict[int, str] = {}
    if max_days is not None:
        posted = np.asarray(dates, np.int64)
        reasons |= dict.fromkeys(_rows(posted < 0), "without a date to count days from")
        late = _rows(_late(posted, max_days))
        reasons |= dict.fromkeys(late, "posted later than the days allowed")
    if max_per_second is not None:
        staying = np.delete(np.arange(len(times_ms)), list(reasons))
        surplus = _surplus(np.asarray(times_ms, np.int64)[staying], max_per_second)
        reasons |= dict.fromkeys(staying[surplus].tolist(), "beyond the limit per second")
    return reasons


def _rows(condition: Bools) -> list[int]:
    rows: list[int] = np.flatnonzero(condition).tolist()
    return rows


def _late(dates: Int64s, days: float) -> Bools:
    known = dates[dates >= 0]
    last = known.min() + days * _DAY if len(known) else 0
    late: Bools = dates > last
    return late


def _surplus(times_ms: Int64s, max_per_second: int) -> Bools:
    """(n,) which comments to drop so that no second has more than ``max_per_second``.

    In order of time, comment i of n in a second stays if i · max_per_second / n reaches a new
    integer: that is every (n / max_per_second)-th one.
    """
    order = np.argsort(times_ms, kind="stable")
    seconds = times_ms[order] // MILLISECONDS
    begin = np.searchsorted(seconds, seconds, side="left")
    count = np.searchsorted(seconds, seconds, side="right") - begin
    rank = np.arange(len(order)) - begin
    share = np.minimum(max_per_second / np.maximum(count, 1), 1)
    stays = (count <= max_per_second) | (np.floor(rank * share) != np.floor((rank - 1) * share))
    surplus = np.empty(len(order), bool)
    surplus[order] = ~stays
    return surplus
