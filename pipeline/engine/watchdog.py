"""A stage's eye on its driver and on its own memory."""

from __future__ import annotations

import contextlib
import os
import platform
import signal
import threading
import time
from types import FrameType

DRIVER = "YAJIUMA_DRIVER"
"""Environment variable by which a driver tells the stages on its host who it is."""

_INTERVAL_S = 1.0
_ONE_ORDER_S = 3.0
"""Ctrl-C and a hang-up reach a stage from the terminal and from its driver: within so long it
is one."""
_GRACE_S = 10.0
"""How long a stage may take to clean up once its driver is gone."""


def this_process() -> str:
    """Who a driver says it is."""
    return f"{platform.node()} {os.getpid()}"


class Watchdog:
    """Watches from a thread of its own.

    A stage whose driver was killed is interrupted, so that it does not work on beside the one
    of a new run; so is one that is told to terminate, or whose terminal hangs up.
    """

    def __init__(self) -> None:
        self._interrupted = -_ONE_ORDER_S
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._interrupt)
        self._peak = 0
        threading.Thread(target=self._watch, daemon=True).start()

    def peak_memory_mb(self) -> int:
        """Most memory (MB) so far that this process and its children had to themselves.

        Looked at each second. Without pages of files, which the system takes back at need.
        """
        self._look()
        return self._peak // 10**6

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if now - self._interrupted > _ONE_ORDER_S:
            self._interrupted = now
            raise KeyboardInterrupt

    def _watch(self) -> None:
        driver = os.environ.get(DRIVER, "")
        while driver == "" or _lives(driver):
            self._look()
            time.sleep(_INTERVAL_S)
        # A blocking call of the main thread ends for a signal only.
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
        time.sleep(_GRACE_S)
        os._exit(128 + signal.SIGTERM)

    def _look(self) -> None:
        import psutil

        own = psutil.Process()
        used = 0
        for process in [own, *own.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                memory = process.memory_info()
                used += memory.rss - getattr(memory, "shared", 0)
        self._peak = max(self._peak, used)


def _lives(driver: str) -> bool:
    import psutil

    host, _, pid = driver.rpartition(" ")
    if host != platform.node():
        return True
    try:
        return bool(psutil.Process(int(pid)).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
