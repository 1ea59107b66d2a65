"""Locks on files, where the file system has them."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from pipeline.runtime.errors import no_locks


@contextmanager
def lock_errors(path: Path, remedy: str | None = None) -> Iterator[None]:
    """Let the block lock ``path``; raises PipelineError NOT_WRITABLE where nothing can be locked.

    The block itself handles a lock that another process holds. ``remedy`` says what to do where
    the file does not lie in the working folder.
    """
    try:
        yield
    except (BlockingIOError, PermissionError, InterruptedError):
        raise
    except OSError as error:
        raise no_locks(str(path), error.strerror or str(error), remedy) from error


def try_lock(file: IO[Any], path: Path, *, remedy: str | None = None) -> bool:
    """Lock ``file``, which is open at ``path``; returns False at once if another process holds it.

    Raises PipelineError NOT_WRITABLE where nothing can be locked.
    """
    with lock_errors(path, remedy):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
