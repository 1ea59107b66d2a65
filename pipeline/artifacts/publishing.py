"""Outputs appear whole or not at all."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_TEMPORARY = re.compile(r"\..+\.(?P<pid>\d+)\.tmp")


@contextmanager
def published(target: Path) -> Iterator[Path]:
    """A path beside ``target`` to write to; it takes target's name when the block ends well.

    An exception removes it. A killed process leaves it behind for ``sweep``.
    """
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    target.parent.mkdir(parents=True, exist_ok=True)
    sweep(target.parent)
    try:
        yield temporary
        replace_durably(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def scratch(target: Path, count: int) -> Iterator[list[Path]]:
    """Paths beside ``target`` for what is only wanted within the block.

    A killed process leaves them behind for ``sweep``.
    """
    names = [f".{target.name}.{number}.{os.getpid()}.tmp" for number in range(count)]
    paths = [target.with_name(name) for name in names]
    try:
        yield paths
    finally:
        for path in paths:
            path.unlink(missing_ok=True)


def replace_durably(temporary: Path, target: Path) -> None:
    """Give ``temporary`` the name ``target`` once its bytes are on the disk."""
    with temporary.open("rb") as written:
        os.fsync(written.fileno())
    temporary.replace(target)


def write_text(target: Path, text: str) -> None:
    """Publish ``text`` as UTF-8."""
    with published(target) as temporary:
        temporary.write_text(text, encoding="utf-8")


def sweep(folder: Path) -> None:
    """Remove temporaries of this machine's processes that no longer live."""
    for entry in folder.iterdir():
        match = _TEMPORARY.fullmatch(entry.name)
        if match and not _alive(int(match["pid"])):
            entry.unlink(missing_ok=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
