"""How long jobs take side by side."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Waiting:
    """A job that has not ended."""

    seconds: float
    """Until it ends, once it is started."""
    cores: int
    needs: Collection[Hashable]
    """Jobs that have to end before; those not waited for have ended."""


def seconds_until_done(jobs: Mapping[Key, Waiting], cores: int) -> float:
    """How long all ``jobs`` take on so many ``cores``, if each starts as soon as it can.

    Jobs come in an order in which they could run one after another; earlier ones go first.
    """
    order = {key: number for number, key in enumerate(jobs)}
    missing = {key: len(set(job.needs) & jobs.keys()) for key, job in jobs.items()}
    followers: dict[Hashable, list[Key]] = defaultdict(list)
    for key, job in jobs.items():
        for need in set(job.needs) & jobs.keys():
            followers[need].append(key)

    # Jobs that can start wait in a heap for each number of cores: if the first of a heap does not
    # fit, none of it does.
    ready: dict[int, list[tuple[int, Key]]] = defaultdict(list)

    def make_ready(key: Key) -> None:
        heapq.heappush(ready[min(jobs[key].cores, cores)], (order[key], key))

    for key in jobs:
        if not missing[key]:
            make_ready(key)
    running: list[tuple[float, int, Key]] = []
    now, free = 0.0, cores
    while any(ready.values()) or running:
        fitting = [heap for taken, heap in ready.items() if heap and taken <= free]
        if fitting:
            _, key = heapq.heappop(min(fitting, key=lambda heap: heap[0]))
            free -= min(jobs[key].cores, cores)
            heapq.heappush(running, (now + jobs[key].seconds, order[key], key))
            continue
        now, _, key = heapq.heappop(running)
        free += min(jobs[key].cores, cores)
        for follower in followers[key]:
            missing[follower] -= 1
            if not missing[follower]:
                make_ready(follower)
    return now
