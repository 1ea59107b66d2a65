"""What is made once: a lock for each folder, and the digest of the code that makes things."""

from __future__ import annotations

import fcntl
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.runtime.file_locks import lock_errors

if TYPE_CHECKING:
    from collections.abc import Callable


def make_once(folder: Path, is_made: Callable[[], bool], make: Callable[[], object]) -> None:
    """Call ``make`` unless ``is_made``; one call at a time makes something in ``folder``.

    Raises PipelineError where the folder cannot be locked; OSError.
    """
    if is_made():
        return
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / ".lock"
    with path.open("a") as lock:
        with lock_errors(path, "Choose a folder on a local disk"):
            fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_made():  # by another call, which this one waited for
            make()


@cache
def code_digest() -> str:
    """Digest of this package's source."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
