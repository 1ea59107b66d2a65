"""What processor this machine has."""

from __future__ import annotations

import platform
from pathlib import Path


def processor_name() -> str:
    """Its maker's name for it, or else its architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
