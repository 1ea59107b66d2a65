"""Locks on files, where the file system has them."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from pipeline.runtime.errors import no_locks


@contextmanager
def refusals_told(path: Path, remedy: str | None = None) -> Iterator[None]:
    """Let the block lock ``path``; raises PipelineError NOT_WRITABLE where nothing can be locked.

    That another process has the lock is left to the block's own. ``remedy`` says what to do
    where the file does not lie in the working folder.
    """
    try:
        yield
    except (BlockingIOError, PermissionError, InterruptedError):
        raise
    except OSError as error:
        raise no_locks(str(path), error.strerror or str(error), remedy) from error


def lock_alone(file: IO[Any], path: Path, *, remedy: str | None = None) -> bool:
    """Lock ``file``, which is open at ``path``, or say at once that another process has it.

    Raises PipelineError NOT_WRITABLE where nothing can be locked.
    """
    with refusals_told(path, remedy):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
