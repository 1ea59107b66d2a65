"""How many pictures ffmpeg has encoded, told while it works."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Thread

_END = "progress=end\n"


@dataclass(frozen=True)
class Progress:
    """What makes ffmpeg report."""

    arguments: tuple[str, ...] = ()
    """For its command line."""
    pass_fds: tuple[int, ...] = ()
    """File descriptors for it to inherit."""


@contextmanager
def progress_told(encoded: Callable[[int], object] | None) -> Iterator[Progress]:
    """Call ``encoded`` with how many more pictures are done, from a thread of the block's own."""
    if encoded is None:
        yield Progress()
        return
    reading, writing = os.pipe()
    thread = Thread(target=_tell, args=(reading, encoded), daemon=True)
    thread.start()
    try:
        yield Progress(("-progress", f"pipe:{writing}"), (writing,))
    finally:
        with suppress(BrokenPipeError):  # of an ffmpeg that has ended by itself
            os.write(writing, _END.encode())
        os.close(writing)
        thread.join()


def _tell(reading: int, encoded: Callable[[int], object]) -> None:
    done = 0
    with open(reading) as lines:
        for line in lines:
            key, _, value = line.partition("=")
            if key == "frame":
                encoded(int(value) - done)
                done = int(value)
            if line == _END:
                return
