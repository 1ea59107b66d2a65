"""Whether a file is still what it was."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

_ENDS = 1 << 20  # bytes hashed at each end of a source file
_YOUNG_NS = 2 * 10**9  # the coarsest clock of the usual file systems


def file_fingerprint(path: Path) -> str:
    """Digest of a file's size and its first and last MiB, quick for films of any size."""
    size = path.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with path.open("rb") as file:
        digest.update(file.read(_ENDS))
        file.seek(max(_ENDS, size - _ENDS))
        digest.update(file.read(_ENDS))
    return digest.hexdigest()[:16]


def folder_fingerprint(folder: Path) -> str:
    """Digest of the names, sizes and times of all files in a folder and below it."""
    digest = hashlib.sha256()
    for path in sorted(filter(Path.is_file, folder.rglob("*"))):
        stat = path.stat()
        name = path.relative_to(folder).as_posix()
        digest.update(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}\0".encode(errors="replace"))
    return digest.hexdigest()[:16]


def sha256(path: Path) -> str:
    """The digest of all that a file holds."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def file_state(path: Path) -> list[int] | None:
    """What is another after every change of a file; None of one too young to be sure of that.

    The last number is a time that no program can set, so an edit under an old time stamp shows.
    """
    stat = path.stat()
    if abs(time.time_ns() - stat.st_ctime_ns) < _YOUNG_NS:
        return None
    return [stat.st_size, stat.st_ino, stat.st_mtime_ns, stat.st_ctime_ns]
