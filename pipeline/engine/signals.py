"""Stopping a run: Ctrl-C, SIGTERM and SIGHUP end its stages, and then the engine."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_AGAIN = signal.SIGUSR1
_PATIENCE_S = 5.0
"""How long stages may take to clean up before they get another signal; the third one kills."""


class Stopping:
    """Whether a signal has asked the run to stop."""

    def __init__(self) -> None:
        self.requested = False
        self._raised = False
        self._over = threading.Event()

    def interrupt(self, number: int, frame: FrameType | None) -> None:
        """Signal handler: interrupt the main thread, once."""
        if not self._raised:
            self._raised = True
            raise KeyboardInterrupt

    def listen(self, reading: int) -> None:
        """Wait, in a thread, for the first of the signals; their numbers arrive as bytes."""
        with os.fdopen(reading, "rb", buffering=0) as numbers:
            while number := numbers.read(1):
                if number[0] in _SIGNALS:
                    self._stop()
                    return

    def finish(self) -> None:
        """Note that nothing is left to be stopped."""
        self._over.set()

    def _stop(self) -> None:
        """End the stages, and interrupt the main thread until it stops.

        Snakemake has handlers of its own and may lose an interrupt. A stage that the terminal does
        not signal as well would go on.
        """
        import psutil

        self.requested = True
        for order in (signal.SIGTERM, signal.SIGTERM, signal.SIGKILL):
            living = psutil.Process().children(recursive=True)
            for process in living:
                with suppress(psutil.Error):
                    process.send_signal(order)
            signal.pthread_kill(threading.main_thread().ident or 0, _AGAIN)
            psutil.wait_procs(living, timeout=_PATIENCE_S)
            if self._over.wait(_PATIENCE_S):
                return
            self._raised = False


@contextmanager
def stoppable() -> Iterator[Stopping]:
    """Stop in good order when this process gets a signal while the block runs."""
    stopping = Stopping()
    handlers = {number: signal.getsignal(number) for number in (*_SIGNALS, _AGAIN)}
    for number, handler in handlers.items():
        if handler is not signal.SIG_IGN:  # nohup means it
            signal.signal(number, stopping.interrupt)
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    listener = threading.Thread(target=stopping.listen, args=(reading,), daemon=True)
    listener.start()
    try:
        yield stopping
    finally:
        stopping.finish()
        signal.set_wakeup_fd(before)
        os.close(writing)
        listener.join()
        for number, handler in handlers.items():
            signal.signal(number, handler)
