"""The GPUs of this host, shared out among stages by slots."""

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

from pipeline.runtime.file_locks import lock_alone

_SLOTS = "YAJIUMA_GPUS"
"""Environment variable: ``2 GPU-a,GPU-b,…``: how many GPUs a stage may take, and of which."""
_VISIBLE = "CUDA_VISIBLE_DEVICES"
_INTERVAL_S = 0.2


def found() -> list[str]:
    """What CUDA calls the GPUs that this process may use; none if the user has chosen one."""
    if os.environ.get("YAJIUMA_DEVICE"):
        return []
    if (visible := os.environ.get(_VISIBLE)) is not None:
        return [name for name in visible.split(",") if name not in ("", "-1")]
    if shutil.which("nvidia-smi") is None:
        return []
    told = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, check=False).stdout
    whole, parts = (re.findall(rf"UUID: ({kind}-[^)]+)", told) for kind in ("GPU", "MIG"))
    return parts or whole


@contextmanager
def shared_out(items: int) -> Iterator[int]:
    """Let stages take slots while the block runs; yields how many GPUs there are, at least 1.

    Fewer ``items`` than GPUs get several each.
    """
    names = found()
    if names:
        os.environ[_SLOTS] = f"{max(1, len(names) // max(1, items))} {','.join(names)}"
    try:
        yield max(1, len(names))
    finally:
        os.environ.pop(_SLOTS, None)


def share() -> tuple[int, int]:
    """How many GPUs a stage may take, and of how many; (1, 1) where none are shared out."""
    most, names = _slots()
    return most, max(1, len(names))


@contextmanager
def taken() -> Iterator[None]:
    """Show this process, before it loads torch, only GPUs that no other one holds.

    Waits for one to be free. Without slots to share, as on a cluster, which shows each job its
    own, everything stays as it is.
    """
    most, names = _slots()
    with ExitStack() as held:
        mine: list[str] = []
        while names and not mine:
            for name in names:
                if len(mine) < most and _lock(name, held):
                    mine.append(name)
            if not mine:
                time.sleep(_INTERVAL_S)
        if mine:
            os.environ[_VISIBLE] = ",".join(mine)
        yield


def _slots() -> tuple[int, list[str]]:
    most, _, names = os.environ.get(_SLOTS, "1 ").partition(" ")
    return int(most), list(filter(None, names.split(",")))


def _lock(name: str, held: ExitStack) -> bool:
    path = _slot(name)
    file = held.enter_context(path.open("a"))
    if not lock_alone(file, path, remedy="Choose a folder on a local disk with TMPDIR=…"):
        file.close()
        return False
    return True


def _slot(name: str) -> Path:
    """One user's runs share a GPU's slot, whatever they work on."""
    return Path(tempfile.gettempdir(), f"yajiuma-{os.getuid()}-{name}.lock")
