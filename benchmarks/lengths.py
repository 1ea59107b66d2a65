"""Every stage on videos of 1, 10 and 100 minutes: how time and memory grow.

Each video of the show (320x180, four comments a second) is learned from and commented on by itself,
two pictures a second through MobileNetV2 with random weights. Time is of processors, which other
work on the machine changes least; memory without cached files.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from pipeline.engine.catalog import all_stages
from pipeline.runtime.paths import PROJECT
from pipeline.show.episode import make_episode
from pipeline.show.spec import EpisodeSpec

MINUTES = (1, 10, 100)
SETTINGS: dict[str, Any] = {
    "frames": {"fps": 2},
    "features": {
        "backbone": "mobilenet_v2",
        "weights": "random",
        "taps": ["features.18", "flatten"],
    },
    "train": {"schedule": {"epochs": 2}},
    "generate": {"rate": 0.3},
    "stills": {"target": "generated"},
}
IDLE = ("VIDEO", "COMMENTS", "CONFIG", "WORKDIR", "PROFILE", "WAIT")


def main() -> None:
    """Measure, and print a table."""
    lengths = [int(word) for word in sys.argv[1:]] or MINUTES
    with tempfile.TemporaryDirectory() as name:
        jobs = {minutes: _all_stages(Path(name), minutes) for minutes in lengths}
    head = " | ".join(f"{minutes} min" for minutes in jobs)
    print(f"| stage | {head} |")
    print("|---|" + "---:|" * len(jobs))
    for stage in all_stages():
        cells = [
            f"{found[stage]['cpu_seconds']:,.1f} s, {found[stage]['memory_mb']:,} MB"
            for found in jobs.values()
        ]
        print(f"| {stage} | {' | '.join(cells)} |")


def _all_stages(folder: Path, minutes: int) -> dict[str, dict[str, Any]]:
    """What each stage took, by its name."""
    video = make_episode(
        folder / f"show-{minutes}",
        EpisodeSpec(seconds=60 * minutes, width=320, height=180, comment_rate=4),
    )
    config = folder / f"{minutes}.yaml"
    config.write_text(
        yaml.safe_dump(
            SETTINGS
            | {"model": "long", "videos": {"train": [str(video)], "annotate": [str(video)]}}
        )
    )
    workdir = folder / f"workdir-{minutes}"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pipeline", *all_stages()),
            *("--config", str(config), "--workdir", str(workdir), "--profile", "ci"),
        ],
        cwd=PROJECT,
        env={key: value for key, value in os.environ.items() if key not in IDLE},
    )
    assert done.returncode == 0
    (file,) = (workdir / "runs").glob("*.json")
    return {job["stage"]: job for job in json.loads(file.read_text())["jobs"]}


if __name__ == "__main__":
    main()
