"""Progress of a running ffmpeg: how many pictures it has encoded."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Thread

OnProgress = Callable[[int], object]
"""Called from a thread of its own with how many more pictures are done."""

_END = "progress=end\n"


@dataclass(frozen=True)
class ProgressPipe:
    """What makes ffmpeg report its progress."""

    arguments: tuple[str, ...] = ()
    """For its command line."""
    pass_fds: tuple[int, ...] = ()
    """File descriptors for it to inherit."""


@contextmanager
def reporting(on_progress: OnProgress | None) -> Iterator[ProgressPipe]:
    """Call ``on_progress`` while the ffmpeg that is started in the block works."""
    if on_progress is None:
        yield ProgressPipe()
        return
    reading, writing = os.pipe()
    thread = Thread(target=_report, args=(reading, on_progress), daemon=True)
    thread.start()
    try:
        yield ProgressPipe(("-progress", f"pipe:{writing}"), (writing,))
    finally:
        # An ffmpeg that was killed has not written the line that ends the thread.
        with suppress(BrokenPipeError):
            os.write(writing, _END.encode())
        os.close(writing)
        thread.join()


def _report(reading: int, on_progress: OnProgress) -> None:
    done = 0
    with open(reading) as lines:
        for line in lines:
            key, _, value = line.partition("=")
            if key == "frame":
                on_progress(int(value) - done)
                done = int(value)
            if line == _END:
                return
