"""A thousand videos: what it costs to find out what there is to do.

The driver and its graph are the real ones, videos and stages stand in. Two videos are learned
from, a thousand annotated, all with comments, which makes nine jobs of each. ``plan`` is
`python -m pipeline plan` with nothing made, ``noop`` is `render report` with all made, and
``one_new`` is a plan after one more video. Beside them ``snakemake`` lists as many jobs of a
Snakefile of nine rules that copy a file, the ceiling of any program that puts every video before
the engine, and ``import`` is a Python that imports Snakemake and stops, the ceiling of one that
asks it at all.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks._measure import interleaved, report, speed_ratio, timed
from tests.engine.stand_ins import finish, list_videos, new_season

LEARNED, ANNOTATED = 2, 1000
JOBS = 11  # of a video that is annotated and has comments
ROUNDS = 3
RULE = """
rule stage_{number}:
    input: "{{video}}/{number}"
    output: "{{video}}/{next}"
    shell: "cp {{input}} {{output}}"
"""


def main() -> None:
    """Measure and report."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fresh = new_season(folder / "fresh", LEARNED, ANNOTATED)
        done = new_season(folder / "done", LEARNED, ANNOTATED)
        grown = new_season(folder / "grown", LEARNED, ANNOTATED)
        for season in (done, grown):
            finish(season)
        list_videos(grown, LEARNED, ANNOTATED + 1)
        assert len(fresh.plan()) > JOBS * ANNOTATED
        assert len(grown.plan()) == JOBS
        plain = _plain(folder / "plain")
        seconds = interleaved(
            {
                "plan": timed(lambda: fresh.made("plan")),
                "noop": timed(lambda: done.made("render", "report")),
                "one_new": timed(lambda: grown.made("plan")),
                "snakemake": timed(lambda: _python(*plain)),
                "import": timed(lambda: _python("-c", "import snakemake.cli")),
            },
            ROUNDS,
        )
    report(
        "scale",
        {
            **{f"{name}_s": spent for name, spent in seconds.items()},
            "plan_over_snakemake": speed_ratio(seconds["plan"], over=seconds["snakemake"]),
            "noop_over_import": speed_ratio(seconds["noop"], over=seconds["import"]),
            "one_new_over_import": speed_ratio(seconds["one_new"], over=seconds["import"]),
        },
    )


def _plain(folder: Path) -> list[str]:
    """Arguments of Python to list as many jobs of a bare Snakefile."""
    videos = [f"ep-{number:04}" for number in range(LEARNED + ANNOTATED)]
    for video in videos:
        (folder / video).mkdir(parents=True)
        (folder / video / "0").touch()
    rules = [RULE.format(number=number, next=number + 1) for number in range(JOBS)]
    (folder / "Snakefile").write_text("".join(rules))
    targets = [f"{video}/{JOBS}" for video in videos]
    options = ["--directory", str(folder), "--snakefile", str(folder / "Snakefile"), "--nolock"]
    return ["-m", "snakemake", "--dry-run", *options, "--", *targets]


def _python(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], capture_output=True, check=True)


if __name__ == "__main__":
    main()
