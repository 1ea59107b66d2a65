"""Say what would run, and why."""

from __future__ import annotations

from pathlib import Path

from pipeline.engine.application import Call, Command
from pipeline.engine.driver import plan
from pipeline.runtime.errors import ExitCode, printable


def _run(call: Call) -> ExitCode:
    """Say what would run, and why."""
    request = call.request
    with call.workspace.gate():
        planned = plan(call.workspace, request, call.profile)
    for job in planned.jobs:
        print(printable(f"{job.stage:12}{job.folder:24}{job.reason}"))
    for note in planned.notes:
        print(printable(f"{'note':12}{note}"))
    for path, error in planned.selection.refused.items():
        print(printable(f"{'refused':12}{Path(path).name:24}{error}"))
    count = len(planned.jobs)
    print(f"{count} jobs to run" if count else "nothing to do: everything is up to date")
    return ExitCode.OK


PLAN = Command("plan", _run, takes_stages=True)
