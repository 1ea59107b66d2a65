"""Estimates against the clock: what `plan` foretells of a run, and what the run takes.

One short video of the show is learned from and commented on first, so that the machine has been
seen; then come three that differ in length, size and number of comments. Two are commented on by
the model of the first, and the third is learned from, with the demo's settings but for a small
network and fewer epochs.
``estimate_over_actual`` is 1 where the estimate was right, ``default_over_actual`` the same for
a machine that has never been seen, and ``worst_factor`` how far the worst of the first is off.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from benchmarks._measure import report
from pipeline.engine.catalog import stage_configs
from pipeline.engine.driver import Request, plan
from pipeline.engine.forecast import Estimate, Forecast
from pipeline.engine.profiles import load_profile
from pipeline.engine.run_records import RunRecord, read_runs
from pipeline.engine.settings import load_settings
from pipeline.engine.workspace import Workspace
from pipeline.runtime.paths import PROJECT
from pipeline.show.episode import make_episode
from pipeline.show.spec import EpisodeSpec
from pipeline.sources.settings import TopLevel
from pipeline.sources.videos import Videos

FIRST = EpisodeSpec(episode=1, seconds=40)
LONG = EpisodeSpec(episode=4, seconds=150, comment_rate=8, width=480, height=270)
OTHERS = [
    (FIRST, EpisodeSpec(episode=2, seconds=90, comment_rate=5)),
    (FIRST, EpisodeSpec(episode=3, seconds=30, comment_rate=30, width=1280, height=720)),
    (LONG, LONG),
]
"""What is learned from, and what is commented on."""
STAGES = ["render", "report"]
SETTINGS: dict[str, Any] = {
    "frames": {"fps": 2},
    "features": {"backbone": "resnet18", "weights": "random", "taps": ["layer4", "pool5"]},
    "train": {"captioner": {"dropout": 0.5}, "schedule": {"batch": 64, "epochs": 3}},
    "generate": {"rate": 0.3},
}
IDLE = ("VIDEO", "COMMENTS", "CONFIG", "WORKDIR", "PROFILE", "WAIT")


def main() -> None:
    """Measure and report."""
    figures: dict[str, list[float]] = {}
    factors = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _run(folder, _settings(folder, FIRST, FIRST))
        for number, (learned, spec) in enumerate(OTHERS, 1):
            config = _settings(folder, learned, spec)
            default, _ = _estimated(folder / f"unseen-{number}", config)
            estimate, stages = _estimated(folder / "workdir", config)
            run = _run(folder, config)
            _print_stages(stages, run)
            figures[f"estimate_over_actual_{number}"] = [estimate / run.seconds]
            figures[f"default_over_actual_{number}"] = [default / run.seconds]
            figures[f"actual_s_{number}"] = [run.seconds]
            factors.append(max(estimate / run.seconds, run.seconds / estimate))
    report("estimates", {**figures, "worst_factor": [max(factors)]})


def _settings(folder: Path, learned: EpisodeSpec, commented: EpisodeSpec) -> Path:
    """A settings file for two episodes, which are made."""
    train, annotate = (make_episode(folder / "show", spec) for spec in (learned, commented))
    path = folder / f"{annotate.stem}.yaml"
    videos = {"train": [str(train)], "annotate": [str(annotate)]}
    path.write_text(yaml.safe_dump(SETTINGS | {"model": train.stem, "videos": videos}))
    return path


def _estimated(workdir: Path, config: Path) -> tuple[float, dict[str, Estimate]]:
    """The seconds that a run would take, and what each stage would."""
    workspace, items, profile = Workspace(workdir), Videos(), load_profile("local")
    settings = load_settings(config, stage_configs(), TopLevel())
    planned = plan(workspace, Request(items, settings, STAGES), profile)
    forecast = Forecast(workspace, items, planned.graph, planned.jobs, profile)
    return forecast.seconds_left(), {stage: e for (stage, _), e in forecast.jobs.items()}


def _run(folder: Path, config: Path) -> RunRecord:
    """Make everything, and return the run's record."""
    options = ["--config", str(config), "--workdir", str(folder / "workdir"), "--profile", "ci"]
    subprocess.run(
        [sys.executable, "-m", "pipeline", *STAGES, *options],
        cwd=PROJECT,
        env={key: value for key, value in os.environ.items() if key not in IDLE},
        check=True,
    )
    return read_runs(folder / "workdir" / "runs")[-1]


def _print_stages(estimates: dict[str, Estimate], run: RunRecord) -> None:
    """Print what each stage should have taken, and what it took."""
    print(f"{'stage':12}{'estimate':>10}{'actual':>10}  seconds")
    for job in run.jobs:
        print(f"{job.stage:12}{estimates[job.stage].seconds:10.1f}{job.seconds:10.1f}")


if __name__ == "__main__":
    main()
