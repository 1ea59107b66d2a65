"""Three tiny episodes by this machine and by Slurm, and through a kill -9, come out the same.

`tests/cluster/slurm.sh` starts a Slurm and runs this; any other will do as well:
`python -m tests.cluster.check_slurm FOLDER`, with FOLDER where all machines see it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from pipeline.engine.catalog import all_stages
from pipeline.runtime.errors import ExitCode
from tests.cluster.season import compare, copy, new_season, render, results, say
from tests.engine.project import ANNOTATE, Project, changed_profile


def main(folder: Path) -> None:
    """Run all checks in ``folder``; an assertion fails with what differs."""
    season = new_season(folder / "season")
    quick = {"max-threads": os.cpu_count(), "slurm-init-seconds-before-status-checks": 2}
    profile = changed_profile("slurm", folder / "profile", **quick)

    local = copy(season, folder / "local")
    render(local, "local", "PROFILE=local")
    expected = results(local)

    slurm = copy(season, folder / "slurm")
    render(slurm, profile, "PROFILE=slurm")
    compare(slurm, expected, "made by Slurm")
    _see_who_got_gpus()

    killed = copy(season, folder / "killed")
    os.environ["PROFILE"] = profile
    rendering = f"{ANNOTATE}/.annotated.mp4.*.tmp"
    was_killed = killed.kill_when(
        lambda: any(killed.workdir.glob(rendering)), "render", stages_too=False
    )
    assert was_killed, "the run ended before it could be killed"
    orphans = _slurm("squeue", "--noheader", "--states=RUNNING", "--format=%A").split()
    assert orphans, "Slurm runs nothing any more"
    say(f"kill -9 of the driver: its jobs {', '.join(orphans)} go on")
    for job in orphans:  # so that their doubles are sure to meet them
        _slurm("scontrol", "suspend", job)
    render(killed, profile, "run again, with the old jobs held in the middle")
    compare(killed, expected, "made by the new jobs")
    for job in orphans:
        _slurm("scontrol", "resume", job)
    while _slurm("squeue", "--noheader"):
        time.sleep(0.5)
    compare(killed, expected, "after the old jobs ended, too")

    _stop(copy(season, folder / "stopped"))


def _see_who_got_gpus() -> None:
    jobs = _slurm("scontrol", "--oneliner", "show", "jobs").splitlines()
    given: dict[bool, set[str]] = {True: set(), False: set()}
    for job in jobs:
        rule = re.search(r"Comment=rule_([a-z]+)", job)
        assert rule, job
        given["gres:gpu" in job].add(rule[1])
    wanted = {name for name, stage in all_stages().items() if stage.gpu}
    assert given[True] == wanted & (given[True] | given[False]), given
    say(f"asked for a GPU: {', '.join(sorted(given[True]))}")
    say(f"asked for none: {', '.join(sorted(given[False]))}")


def _stop(project: Project) -> None:
    """A driver that is told to stop takes its jobs with it."""
    driver = project.started("render", stderr=subprocess.DEVNULL)
    while not _slurm("squeue", "--noheader", "--states=RUNNING"):
        assert driver.poll() is None, "the run ended before it could be stopped"
        time.sleep(0.1)
    driver.terminate()
    code = driver.wait(60)
    assert code == ExitCode.INTERRUPTED, code
    left = _slurm("squeue", "--noheader", "--states=PENDING,RUNNING")
    assert not left, left
    say("SIGTERM: the driver cancelled its jobs")


def _slurm(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
