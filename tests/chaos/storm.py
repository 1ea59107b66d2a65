"""A run, again and again until it is done, while faults come down on it."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import psutil

from pipeline.engine.run_records import RunRecord, read_runs
from pipeline.runtime.errors import ExitCode
from tests.chaos.disks import Disk
from tests.chaos.faults import (
    FAULTS,
    Fault,
    Moment,
    break_input,
    freeze_workdir,
    write_input_slowly,
)
from tests.chaos.ran import ENDING_S, Ran, Terminal
from tests.chaos.season import MARK, Season
from tests.engine.project import default_signals

_LONGEST_S = 900.0
"""A run that nothing befalls for so long hangs."""
_MOST_MISSES = 8
"""After so many a fault is given up."""


@dataclass
class Storm:
    """Faults in a random order; all that ``disk`` and ``season`` allow, each about as often."""

    season: Season
    disk: Disk
    dice: random.Random
    count: int
    lull: float
    """Seconds between two faults, on average."""
    runs: list[Ran] = field(default_factory=list)
    missed: Counter[str] = field(default_factory=Counter)
    """How often each fault could not come about."""

    def rage(self) -> Iterator[Ran]:
        """Run until all faults have come about, and twice more without any."""
        kinds = [fault for fault in FAULTS if self.disk.freezes or fault is not freeze_workdir]
        deck = (kinds * (self.count // len(kinds) + 1))[: self.count]
        # Some must be left to be annotated from the beginning.
        spare = deck.count(write_input_slowly) - (len(self.season.healthy) - 1)
        for _ in range(spare):
            deck[deck.index(write_input_slowly)] = break_input
        coming = self.season.hold_back(deck.count(write_input_slowly))
        self.dice.shuffle(deck)
        while deck:
            ran = self._run(deck, coming)
            yield ran
            if ran.code == self.season.due and deck:
                self._undo_some()
        yield self._run([], [])  # does what is left
        yield self._run([], [])  # finds that all is done

    def faults(self) -> Counter[str]:
        return Counter(fault for ran in self.runs for fault in ran.faults)

    def retries(self) -> int:
        runs = read_runs(self.season.project.workdir / "runs")
        return sum(max(0, job.attempts - 1) for run in runs for job in run.jobs)

    def problems(self, expected: dict[str, bytes]) -> Iterator[str]:
        """All that is not as it should be after the last run."""
        for number, ran in enumerate(self.runs):
            yield from (f"run {number}: {problem}" for problem in ran.problems())
        season, last = self.season, self.runs[-1]
        if last.code != season.due:
            yield f"the last run exited with {last.code}, not {season.due}: {last.said}"
        found = season.results()
        for name, content in expected.items():
            if found.get(name) != content:
                yield f"{name} is not that of an undisturbed run"
        yield from self._badly_told(last)
        for pattern in (".*.tmp", ".*.partial"):
            for file in season.project.workdir.rglob(pattern):
                yield f"{file} is left"
        for process in self._left():
            yield f"process {process} is left"

    def _badly_told(self, last: Ran) -> Iterator[str]:
        states: dict[str, str] = {}
        for file in self._records():
            try:
                record = msgspec.json.decode(file.read_bytes(), type=RunRecord)
            except msgspec.DecodeError:
                yield f"{file.name} cannot be read: {file.read_bytes()!r}"
                continue
            if record.state == "running":
                yield f"{file.name} says that it still runs"
            for job in record.jobs:
                if job.code == ExitCode.INTERNAL:
                    yield f"{file.name}: {job}"
            states = {item.name: item.state for item in record.items}
        wanted = dict.fromkeys(self.season.broken, "failed")
        wanted |= dict.fromkeys(self.season.healthy, "up to date")
        for name in sorted(wanted.keys() | states.keys()):
            if states.get(name) != wanted.get(name):
                yield f"{name} is {states.get(name)}, not {wanted.get(name)}"
            if wanted.get(name) == "failed" and name not in last.said:
                yield f"{name} is not named on the terminal"

    def _records(self) -> list[Path]:
        folder = self.season.project.workdir / "runs"
        return sorted(folder.glob("*.json"), key=lambda file: file.stat().st_mtime_ns)

    def _run(self, deck: list[Fault], coming: list[Path]) -> Ran:
        faults: list[str] = []
        with default_signals():
            driver = psutil.Popen(
                # Of what is forked no fault would find the processes.
                self.season.command(sys.executable if deck else self.season.project.python),
                cwd=self.season.project.code,
                env=self.season.environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        terminal = Terminal(driver.stdout)
        moment = Moment(driver, self.season, self.disk, self.dice, coming)
        while deck and self._goes_on_for(driver, self.dice.expovariate(1 / self.lull)):
            fault = deck.pop()
            if fault(moment):
                faults.append(fault.__name__)
            else:
                self.missed[fault.__name__] += 1
                if self.missed[fault.__name__] < _MOST_MISSES:
                    deck.insert(0, fault)
        hung = self._goes_on_for(driver, _LONGEST_S)
        if hung:
            driver.kill()
            driver.wait()
        ran = Ran(None if hung else driver.returncode, faults, terminal)
        self.runs.append(ran)
        return ran

    def _goes_on_for(self, driver: psutil.Popen, seconds: float) -> bool:
        try:
            driver.wait(seconds)
        except psutil.TimeoutExpired:
            return True
        return False

    def _undo_some(self) -> None:
        """Make work for the rest of the faults."""
        there = list(self.season.watched.glob("nekomachi-*.mp4"))
        for video in self.dice.sample(sorted(there), (len(there) + 1) // 2):
            self.season.project.made("clean", "--video", str(video))

    def _left(self) -> list[psutil.Process]:
        until = time.monotonic() + ENDING_S
        while (left := self._living()) and time.monotonic() < until:
            time.sleep(0.2)
        return left

    def _living(self) -> list[psutil.Process]:
        mark = str(self.season.project.folder)
        return [
            process
            for process in psutil.process_iter(["environ"])
            if (process.info["environ"] or {}).get(MARK) == mark
        ]
