"""A stage watches whether its driver lives, and how much memory it takes."""

from __future__ import annotations

import contextlib
import os
import platform
import signal
import threading
import time
from types import FrameType

from pipeline.runtime.processes import runs

DRIVER = "YAJIUMA_DRIVER"
"""Environment variable that names the driver for the stages on its host."""

_INTERVAL_S = 1.0
_ONE_ORDER_S = 3.0
"""Ctrl-C and a hang-up reach a stage twice, from the terminal and from its driver. Signals within
this time count as one."""
_GRACE_S = 10.0
"""How long a stage may take to clean up once its driver is gone."""


def this_process() -> str:
    """The value of ``DRIVER`` for this process: host and process number."""
    return f"{platform.node()} {os.getpid()}"


class Watchdog:
    """Watches from a thread of its own.

    It interrupts a stage whose driver was killed, so that no stage of a new run works beside it.
    A signal to terminate and a terminal that hangs up interrupt the stage too.
    """

    def __init__(self) -> None:
        self._interrupted = -_ONE_ORDER_S
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._interrupt)
        self._peak = 0
        threading.Thread(target=self._watch, daemon=True).start()

    def peak_memory_mb(self) -> int:
        """The peak so far, in MB, of the memory of this process and its children.

        Sampled each second. Pages of files do not count: the system takes them back at need.
        """
        self._sample()
        return self._peak // 10**6

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if now - self._interrupted > _ONE_ORDER_S:
            self._interrupted = now
            raise KeyboardInterrupt

    def _watch(self) -> None:
        driver = os.environ.get(DRIVER, "")
        while driver == "" or _lives(driver):
            self._sample()
            time.sleep(_INTERVAL_S)
        # Only a signal ends a blocking call of the main thread.
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
        time.sleep(_GRACE_S)
        os._exit(128 + signal.SIGTERM)

    def _sample(self) -> None:
        import psutil

        own = psutil.Process()
        used = 0
        for process in [own, *own.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                memory = process.memory_info()
                used += memory.rss - getattr(memory, "shared", 0)
        self._peak = max(self._peak, used)


def _lives(driver: str) -> bool:
    host, _, pid = driver.rpartition(" ")
    return host != platform.node() or runs(int(pid))
