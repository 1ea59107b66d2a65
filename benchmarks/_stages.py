"""Stages as processes, the way the engine starts them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from threading import Thread

from pipeline.runtime.paths import PROJECT

_PEAK = re.compile(r"VmHWM:\s+(\d+) kB")


def start_stage(
    name: str,
    inputs: Mapping[str, Path],
    outputs: Mapping[str, Path],
    settings: Mapping[str, object] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a stage in silence."""
    words = [w for key, path in inputs.items() for w in ("--input", f"{key}={path}")]
    words += [w for key, path in outputs.items() for w in ("--output", f"{key}={path}")]
    words += ["--settings", json.dumps(settings or {})]
    return subprocess.Popen(
        [sys.executable, "-m", f"stages.{name}", *words], cwd=PROJECT, stderr=subprocess.DEVNULL
    )


def run_stage(
    name: str,
    inputs: Mapping[str, Path],
    outputs: Mapping[str, Path],
    settings: Mapping[str, object] | None = None,
) -> float:
    """Run a stage to its end; return the most memory it held, in MB."""
    process = start_stage(name, inputs, outputs, settings)
    peaks = [0]
    watcher = Thread(target=_watch, args=[process.pid, peaks])
    watcher.start()
    status = process.wait()
    watcher.join()
    assert status == 0, f"{name} exited with {status}"
    return max(peaks) / 1024


def _watch(pid: int, peaks: list[int]) -> None:
    """Collect the process's own peak, in KiB, until it is gone.

    What wait4 tells is at least the size of the process that started it.
    """
    try:
        while found := _PEAK.search(Path(f"/proc/{pid}/status").read_text()):
            peaks.append(int(found[1]))
            time.sleep(0.01)
    except (FileNotFoundError, ProcessLookupError):
        return
