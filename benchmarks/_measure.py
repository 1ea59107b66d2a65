"""Timing in turns, and how figures are shown.

Machines are shared and noisy. What is compared therefore takes turns, A B A B, after one
uncounted run of each; a ratio is taken within a round and a figure is the median over rounds.
All ratios are of speeds: ``a_over_b`` is 1 where a is as fast as b, and larger is faster.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from statistics import median

from pipeline.runtime.processor import processor_name

Way = Callable[[], float]
"""Does the work once and returns the seconds that count."""

Rounds = list[float]
"""One value for each round."""


def timed(work: Callable[[], object]) -> Way:
    """Count all of ``work``."""

    def way() -> float:
        started = time.perf_counter()
        work()
        return time.perf_counter() - started

    return way


def interleaved(ways: Mapping[str, Way], rounds: int = 5) -> dict[str, Rounds]:
    """Seconds of every way, by its name, one after the other in each round."""
    for way in ways.values():
        way()
    seconds: dict[str, Rounds] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            seconds[name].append(way())
    return seconds


def per_second(amount: float, seconds: Rounds) -> Rounds:
    """How much of ``amount`` each round did in a second."""
    return [amount / spent for spent in seconds]


def milliseconds_each(amount: float, seconds: Rounds) -> Rounds:
    """Milliseconds that one of ``amount`` took in each round."""
    return [1000 * spent / amount for spent in seconds]


def speed_ratio(seconds: Rounds, over: Rounds) -> Rounds:
    """Round by round, how many times as fast as ``over`` it went."""
    return [theirs / ours for ours, theirs in zip(seconds, over, strict=True)]


def report(benchmark: str, figures: Mapping[str, Rounds]) -> None:
    """Print a table, and as the last line the medians as one JSON object."""
    names = max(map(len, [benchmark, *figures]))
    print(f"{benchmark:{names}} {'median':>10} {'lowest':>10} {'highest':>10}")
    for name, values in figures.items():
        cells = (median(values), min(values), max(values))
        print(f"{name:{names}}", *(f"{_three_digits(value):>10}" for value in cells))
    medians = {name: float(f"{median(values):.4g}") for name, values in figures.items()}
    print(json.dumps({"benchmark": benchmark, **medians, "machine": _machine()}), flush=True)


def _three_digits(value: float) -> str:
    decimals = 2 - math.floor(math.log10(value)) if value > 0 else 0
    return f"{value:,.{max(0, decimals)}f}"


def _machine() -> dict[str, str | int | None]:
    import torch

    from pipeline.learning.device import best_device

    return {
        "cpu": processor_name(),
        "cores": os.cpu_count(),
        "torch_threads": torch.get_num_threads(),
        "gomp_spincount": os.environ["GOMP_SPINCOUNT"],
        "device": str(best_device()),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }
