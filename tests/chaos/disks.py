"""Disks that get full or become read-only for a while."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

_SIZE = "400m"  # a stage wants 64 MB to spare
_TOO_SMALL = 2000  # bytes of a file
_AGAIN_S = 0.02


class Disk(ABC):
    """Where a season lies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @abstractmethod
    def fill(self, driver: psutil.Process, seconds: float) -> None:
        """Leave no room for a while."""

    @property
    @abstractmethod
    def freezes(self) -> bool:
        """Whether it can become read-only under a run."""

    @abstractmethod
    def freeze(self, workdir: Path, seconds: float) -> None:
        """Let nothing be written to any folder of ``workdir`` for a while."""


class Tmpfs(Disk):
    """A disk of its own, which takes root."""

    def fill(self, driver: psutil.Process, seconds: float) -> None:
        until = time.monotonic() + seconds
        ballast = self.folder / "ballast"
        with ballast.open("wb", buffering=0) as file:
            while time.monotonic() < until:
                try:
                    file.write(bytes(1 << 20))
                except OSError as error:
                    assert error.errno == errno.ENOSPC
                    time.sleep(_AGAIN_S)  # then again, as others give room back
        ballast.unlink()

    @property
    def freezes(self) -> bool:
        return _immutable("+", [self.folder]) and _immutable("-", [self.folder])

    def freeze(self, workdir: Path, seconds: float) -> None:
        # What root may not either. Remounting fails as long as a file is open for writing.
        folders = _folders(workdir)
        _immutable("+", folders)
        time.sleep(seconds)
        _immutable("-", folders)


class Folder(Disk):
    """A folder of a disk that others need: a limit on the size of files stands for its end."""

    def fill(self, driver: psutil.Process, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            _limit(driver, _TOO_SMALL)
            time.sleep(_AGAIN_S)
        _limit(driver, None)

    @property
    def freezes(self) -> bool:
        return os.getuid() != 0

    def freeze(self, workdir: Path, seconds: float) -> None:
        modes = {folder: folder.stat().st_mode for folder in _folders(workdir)}
        try:
            for folder in modes:
                folder.chmod(0o555)
            time.sleep(seconds)
        finally:
            for folder, mode in modes.items():
                folder.chmod(mode)


@contextmanager
def own_disk(folder: Path) -> Iterator[Disk]:
    """The best disk that may be had at ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "chaos", str(folder)]
    if os.getuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        yield Folder(folder)
        return
    try:
        yield Tmpfs(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _folders(workdir: Path) -> list[Path]:
    return [workdir, *(path for path in workdir.rglob("*") if path.is_dir())]


def _immutable(sign: str, folders: list[Path]) -> bool:
    return subprocess.run(["chattr", f"{sign}i", *folders], capture_output=True).returncode == 0


def _limit(driver: psutil.Process, most: int | None) -> None:
    with suppress(psutil.Error):
        for process in [driver, *driver.children(recursive=True)]:
            with suppress(psutil.Error):
                hard = process.rlimit(resource.RLIMIT_FSIZE)[1]
                process.rlimit(resource.RLIMIT_FSIZE, (hard if most is None else most, hard))
