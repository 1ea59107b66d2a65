"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from pipeline.runtime.processes import runs

_HOST = hashlib.sha256(platform.node().encode()).hexdigest()[:8]
_TEMPORARY = re.compile(r"\..+\.(?P<host>[0-9a-f]{8})\.(?P<pid>\d+)\.tmp")
_MAX_NAME = 200
"""Bytes of a name with room for what temporaries add, where file systems take 255."""
_UMASK = os.umask(0o077)
os.umask(_UMASK)  # it can only be read by changing it
_FOREIGN_S = 7 * 24 * 3600
"""Age at which a temporary of another host, whose processes cannot be seen, is swept."""


@contextmanager
def published(target: Path) -> Iterator[Path]:
    """A path beside ``target`` to write to; it takes the name ``target`` when the block succeeds.

    An exception removes it. A killed process leaves it behind for ``sweep``.
    """
    temporary = temporary_beside(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    sweep(target.parent)
    try:
        yield temporary
        replace_durably(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def published_folder(target: Path) -> Iterator[Path]:
    """A folder beside ``target`` to fill; it takes the place of ``target`` when the block succeeds.

    An exception removes it. A killed process leaves it behind for ``sweep``.
    """
    temporary, old = temporary_beside(target), temporary_beside(target, ".old")
    target.parent.mkdir(parents=True, exist_ok=True)
    sweep(target.parent)
    temporary.mkdir()
    try:
        yield temporary
        for file in filter(Path.is_file, temporary.rglob("*")):
            _to_disk(file)
        if target.exists():
            target.rename(old)
        temporary.rename(target)
    finally:
        for left in (temporary, old):
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def scratch(target: Path, count: int) -> Iterator[list[Path]]:
    """Paths beside ``target`` for files that only the block needs.

    A killed process leaves them behind for ``sweep``.
    """
    paths = [temporary_beside(target, f".{number}") for number in range(count)]
    try:
        yield paths
    finally:
        for path in paths:
            path.unlink(missing_ok=True)


def temporary_beside(target: Path, mark: str = "") -> Path:
    """The name under which this process writes what will become ``target``."""
    name = target.name
    if len(os.fsencode(name)) > _MAX_NAME:
        name = hashlib.sha256(os.fsencode(name)).hexdigest()
    return target.with_name(f".{name}{mark}.{_HOST}.{os.getpid()}.tmp")


def replace_durably(temporary: Path, target: Path) -> None:
    """Give ``temporary`` the name ``target`` once its bytes are on the disk.

    It may be read by whoever may read new files: some libraries write for their owner alone.
    """
    with contextlib.suppress(OSError):  # some file systems know no modes
        temporary.chmod(0o666 & ~_UMASK)
    _to_disk(temporary)
    temporary.replace(target)


def _to_disk(path: Path) -> None:
    with path.open("rb") as written:
        os.fsync(written.fileno())


def write_text(target: Path, text: str) -> None:
    """Publish ``text`` as UTF-8."""
    with published(target) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(target: Path, value: object) -> None:
    """Publish ``value`` as JSON that people can read."""
    write_text(target, msgspec.json.format(msgspec.json.encode(value)).decode() + "\n")


def keep_newest(folder: Path, pattern: str, count: int) -> list[Path]:
    """Remove all but the newest files that match ``pattern``; return those that were removed."""
    dated = [(path.stat().st_mtime_ns, path) for path in folder.glob(pattern)]
    old = [path for _, path in sorted(dated)[:-count]]
    for path in old:
        path.unlink(missing_ok=True)
    return old


def sweep(folder: Path) -> None:
    """Remove temporaries of dead processes, and those of other hosts that are a week old."""
    for entry in folder.iterdir():
        match = _TEMPORARY.fullmatch(entry.name)
        if not match or _in_use(entry, match["host"], int(match["pid"])):
            continue
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)


def _in_use(temporary: Path, host: str, pid: int) -> bool:
    if host != _HOST:
        with contextlib.suppress(FileNotFoundError):
            return time.time() - temporary.stat().st_mtime < _FOREIGN_S
    return runs(pid)
