"""The GPUs of this host, handed out to stages by file locks."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pipeline.runtime.file_locks import try_lock

_SLOTS = "YAJIUMA_GPUS"
"""Environment variable ``2 GPU-a,GPU-b,…``: how many GPUs a stage may take, and which there are."""
_VISIBLE = "CUDA_VISIBLE_DEVICES"
_INTERVAL_S = 0.2


def visible_gpus() -> list[str]:
    """CUDA's names of the GPUs that this process may use; none if the user has chosen a device."""
    if os.environ.get("YAJIUMA_DEVICE"):
        return []
    if (visible := os.environ.get(_VISIBLE)) is not None:
        return [name for name in visible.split(",") if name not in ("", "-1")]
    if shutil.which("nvidia-smi") is None:
        return []
    output = subprocess.run(
        ["nvidia-smi", "-L"], capture_output=True, text=True, check=False
    ).stdout
    whole, parts = (re.findall(rf"UUID: ({kind}-[^)]+)", output) for kind in ("GPU", "MIG"))
    return parts or whole


@contextmanager
def shared_out(items: int) -> Iterator[int]:
    """Let stages take GPUs while the block runs; yields how many GPUs there are, at least 1.

    Fewer ``items`` than GPUs get several each.
    """
    names = visible_gpus()
    if names:
        os.environ[_SLOTS] = f"{max(1, len(names) // max(1, items))} {','.join(names)}"
    try:
        yield max(1, len(names))
    finally:
        os.environ.pop(_SLOTS, None)


def share() -> tuple[int, int]:
    """How many GPUs a stage may take, and how many there are; (1, 1) where none are handed out."""
    max_gpus, names = _slots()
    return max_gpus, max(1, len(names))


@contextmanager
def taken() -> Iterator[None]:
    """Show this process, before it loads torch, only GPUs that no other process holds.

    Waits until one is free. Nothing changes where none are handed out, as on a cluster, which
    shows each job its own.
    """
    max_gpus, names = _slots()
    with ExitStack() as held:
        mine: list[str] = []
        while names and not mine:
            for name in names:
                if len(mine) < max_gpus and _lock(name, held):
                    mine.append(name)
            if not mine:
                time.sleep(_INTERVAL_S)
        if mine:
            os.environ[_VISIBLE] = ",".join(mine)
        yield


def _slots() -> tuple[int, list[str]]:
    max_gpus, _, names = os.environ.get(_SLOTS, "1 ").partition(" ")
    return int(max_gpus), list(filter(None, names.split(",")))


def _lock(name: str, held: ExitStack) -> bool:
    path = _slot(name)
    file = held.enter_context(path.open("a"))
    if not try_lock(file, path, remedy="Choose a folder on a local disk with TMPDIR=…"):
        file.close()
        return False
    return True


def _slot(name: str) -> Path:
    """The lock file of a GPU, which all runs of one user share."""
    return Path(tempfile.gettempdir(), f"yajiuma-{os.getuid()}-{name}.lock")
