"""What a run may write to and what it relies on: locks on folders, which die with their process."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from pipeline.runtime.file_locks import refusals_told


class Claims:
    """Locks by name, each a byte of one file.

    A file for each lock would have to be open, a thousand of them, and could be deleted with
    the folder that it stands for. Locks are the process's: two objects of one process share
    them, and closing either file frees them all.
    """

    def __init__(self, path: Path) -> None:
        """Raises OSError where ``path`` cannot be written."""
        self._file = path.open("a+")
        self.path = path

    def take(self, name: str, *, shared: bool = False) -> bool:
        """Lock ``name``, or say at once that another process has it.

        Raises PipelineError NOT_WRITABLE where the file system has no locks.

        Several may share it; one that is not shared has it alone. Taking again what this
        process has changes its kind.
        """
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            with refusals_told(self.path):
                fcntl.lockf(self._file, kind | fcntl.LOCK_NB, 1, _place(name), os.SEEK_SET)
        except (BlockingIOError, PermissionError):
            return False
        return True

    def free(self, names: Iterable[str]) -> None:
        """Unlock."""
        for name in names:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, _place(name), os.SEEK_SET)


def _place(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:6])
