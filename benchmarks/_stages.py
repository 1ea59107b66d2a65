"""Stages as processes, the way the engine starts them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from pipeline.fingerprint import PROJECT


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
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, f"{name} exited with {process.returncode}"
    return usage.ru_maxrss / 1024
