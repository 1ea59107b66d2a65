"""The pipeline's command line, as a user calls it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from pipeline.runtime.paths import PROJECT

_GIVEN = ("VIDEO", "PICTURES", "LABELS", "COMMENTS")


def run_verb(
    verb: str,
    workdir: Path,
    *,
    pictures: Path | None = None,
    video: Path | None = None,
    labels: Path | None = None,
    settings: str = "",
) -> None:
    """Run ``make VERB PICTURES=…`` or ``VIDEO=…``; ``settings`` are as SET takes them."""
    command = [verb, "--workdir", str(workdir), "--set", settings]
    for option, path in (("--pictures", pictures), ("--video", video), ("--labels", labels)):
        command += [option, str(path)] if path else []
    subprocess.run(
        [sys.executable, "-m", "pipeline", *command],
        cwd=PROJECT,
        env={name: value for name, value in os.environ.items() if name not in _GIVEN},
        check=True,
    )


def write_unless_same(path: Path, text: str) -> None:
    """Write a file that a user would give, unless it is there as it would be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")
