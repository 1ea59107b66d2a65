"""How far a run is: a line at the start of each stage, and what stages took for later estimates."""

from __future__ import annotations

import time
from collections.abc import Callable

from pipeline.engine.forecast import Forecast, Key
from pipeline.engine.snakemake import Job
from pipeline.engine.stage_record import last_record
from pipeline.runtime.quantities import about

_SHARE = 0.01
"""Of the run's time that estimating may take."""


class RunProgress:
    """Follows the jobs of one run, of which the engine tells as they start and end."""

    def __init__(self, forecast: Forecast, since_ns: int, tell: Callable[[str], object]) -> None:
        """Lines go to ``tell``; records count that are younger than ``since_ns``."""
        self._forecast, self._since_ns = forecast, since_ns
        self._tell, self._count = tell, len(forecast.jobs)
        self._numbers: dict[Key, int] = {}
        self._began: dict[Key, float] = {}
        """Of jobs that run now."""
        self._failed: set[Key] = set()
        self._estimated, self._left, self._pause = 0.0, 0.0, -1.0

    def started(self, job: Job) -> None:
        """Say which stage begins, and how much time is left."""
        key = job.stage, job.folder
        number = self._numbers.setdefault(key, len(self._numbers) + 1)
        self._began[key] = time.monotonic()
        self._failed.discard(key)
        left = about(self._seconds_left())
        self._tell(f"stage {number} of {self._count}, about {left} left: {job.stage} {job.folder}")

    def ended(self, job: Job, *, well: bool) -> None:
        """Learn from what it took, if it went well."""
        key = job.stage, job.folder
        self._began.pop(key, None)
        if well:
            logs = self._forecast.logs(*key)
            self._forecast.learn(key, last_record(logs, job.stage, self._since_ns))
        else:
            self._failed.add(key)

    def _seconds_left(self) -> float:
        """Estimated anew, or counted down where that takes too much of the time in between."""
        now = time.monotonic()
        if now - self._estimated > self._pause:
            self._forecast.refresh()
            elapsed = {key: now - began for key, began in self._began.items()}
            self._left = self._forecast.seconds_left(elapsed, self._failed)
            self._estimated = now
            self._pause = (time.monotonic() - now) / _SHARE
        return max(0.0, self._left - (now - self._estimated))
