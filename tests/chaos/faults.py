"""What may happen to a run, each a function that says whether it came about."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.chaos.disks import Disk
from tests.chaos.season import Season

_PATIENCE_S = 10.0


@dataclass
class Moment:
    """A run under way, and what may be done to it."""

    driver: psutil.Popen
    season: Season
    disk: Disk
    dice: random.Random
    coming: list[Path]
    """Videos that have not arrived."""

    def seconds(self) -> float:
        return self.dice.uniform(0.5, 4)

    def stages(self) -> list[psutil.Process]:
        return self._below(lambda words: "python" in Path(words[0]).name and "-m" in words)

    def ffmpegs(self) -> list[psutil.Process]:
        return self._below(lambda words: "ffmpeg" in Path(words[0]).name)

    def _below(self, wanted: Callable[[list[str]], bool]) -> list[psutil.Process]:
        found = []
        with suppress(psutil.Error):
            for process in self.driver.children(recursive=True):
                with suppress(psutil.Error):  # it may have ended since
                    words = process.cmdline()
                    if words and wanted(words):
                        found.append(process)
        return found


def kill_driver(moment: Moment) -> bool:
    """The stages are left behind."""
    moment.driver.kill()
    return True


def kill_all(moment: Moment) -> bool:
    os.killpg(moment.driver.pid, signal.SIGKILL)
    return True


def terminate_driver(moment: Moment) -> bool:
    moment.driver.terminate()
    return True


def kill_stage(moment: Moment) -> bool:
    return _kill_one(moment, moment.stages)


def kill_ffmpeg(moment: Moment) -> bool:
    return _kill_one(moment, moment.ffmpegs)


def fill_disk(moment: Moment) -> bool:
    moment.disk.fill(moment.driver, moment.seconds())
    return True


def freeze_workdir(moment: Moment) -> bool:
    moment.disk.freeze(moment.season.project.workdir, moment.seconds())
    return True


def break_input(moment: Moment) -> bool:
    moment.season.break_one(moment.dice)
    return True


def write_input_slowly(moment: Moment) -> bool:
    """An episode arrives, its video piece by piece."""
    video = moment.coming.pop()
    for beside in video.parent.glob(f"{video.stem}.*"):
        if beside != video:
            shutil.move(beside, moment.season.watched)
    whole = video.read_bytes()
    cut = int(moment.dice.uniform(0.1, 0.9) * len(whole))
    with (moment.season.watched / video.name).open("wb", buffering=0) as file:
        file.write(whole[:cut])
        time.sleep(moment.seconds())
        file.write(whole[cut:])
    return True


Fault = Callable[[Moment], bool]

FAULTS: list[Fault] = [
    kill_driver,
    kill_all,
    terminate_driver,
    kill_stage,
    kill_ffmpeg,
    fill_disk,
    freeze_workdir,
    break_input,
    write_input_slowly,
]


def _kill_one(moment: Moment, which: Callable[[], list[psutil.Process]]) -> bool:
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until and moment.driver.poll() is None:
        for process in moment.dice.sample(found := which(), len(found)):
            with suppress(psutil.NoSuchProcess):
                process.kill()
                return True
        time.sleep(0.005)
    return False
