"""Locks on the folders that a run writes or reads; they die with their process."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from pipeline.runtime.file_locks import lock_errors


class Locks:
    """Locks by name, each a byte of one file.

    A file for each lock would mean a thousand open files, and each could be deleted with the
    folder that it stands for. The locks belong to the process: two objects of one process share
    them, and closing either file releases them all.
    """

    def __init__(self, path: Path) -> None:
        """Raises OSError where ``path`` cannot be written."""
        self._file = path.open("a+")
        self.path = path

    def acquire(self, name: str, *, shared: bool = False) -> bool:
        """Lock ``name``; returns False at once if another process holds it.

        Any number of processes may hold a shared lock, and one alone a lock that is not shared.
        Acquiring again what this process holds changes its kind. Raises PipelineError
        NOT_WRITABLE where the file system has no locks.
        """
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            with lock_errors(self.path):
                fcntl.lockf(self._file, kind | fcntl.LOCK_NB, 1, _place(name), os.SEEK_SET)
        except (BlockingIOError, PermissionError):
            return False
        return True

    def release(self, names: Iterable[str]) -> None:
        """Unlock each of ``names``."""
        for name in names:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, _place(name), os.SEEK_SET)


def _place(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:6])
