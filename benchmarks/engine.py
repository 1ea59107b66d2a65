"""Starting up: what a command costs that finds nothing to do.

``noop_over_import`` compares `python -m pipeline render` on a finished project with a Python
that imports Snakemake and stops, the ceiling as long as Snakemake is the engine. A stage's
--help shows what the graph pays for reading a stage, and an empty Python what all three pay.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from benchmarks._measure import interleaved, report, speed_ratio, timed
from pipeline.runtime.paths import PROJECT
from pipeline.show.episode import make_episode
from pipeline.show.spec import EpisodeSpec
from tests.networks import tiny_onnx

SIZE = 32  # pixels, the network's input
NO_SETTINGS = {"VIDEO", "COMMENTS", "CONFIG", "WORKDIR", "WAIT"}
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in NO_SETTINGS}


def main() -> None:
    """Measure and report."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        options = ["--config", str(_settings(folder)), "--workdir", str(folder / "workdir")]
        render = ["-m", "pipeline", "render", *options]
        _python(*render)
        assert "up to date" in _python(*render)
        seconds = interleaved(
            {
                "noop": timed(lambda: _python(*render)),
                "stage_help": timed(lambda: _python("-m", "stages.pictures.features", "--help")),
                "import": timed(lambda: _python("-c", "import snakemake.cli")),
                "python": timed(lambda: _python("-c", "pass")),
            }
        )
    report(
        "engine",
        {
            **{f"{name}_s": spent for name, spent in seconds.items()},
            "noop_over_import": speed_ratio(seconds["noop"], over=seconds["import"]),
        },
    )


def _python(*arguments: str) -> str:
    """Run Python and return what it said on stderr."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=PROJECT,
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    return done.stderr


def _settings(folder: Path) -> Path:
    """Two tiny episodes, a tiny network, and the settings for them."""
    first, second = (
        make_episode(folder, EpisodeSpec(episode=episode, seconds=3, width=96, height=54))
        for episode in (1, 2)
    )
    settings = {
        "model": "tiny",
        "videos": {"train": [str(first)], "annotate": [str(second)]},
        "frames": {"size": SIZE},
        "features": {
            "backbone": str(tiny_onnx(folder / "tiny.onnx", SIZE)),
            "taps": ["grid", "vector"],
        },
        "train": {"captioner": {"size": 8}, "schedule": {"batch": 8, "epochs": 1}},
    }
    path = folder / "settings.yaml"
    path.write_text(yaml.safe_dump(settings))
    return path


if __name__ == "__main__":
    main()
