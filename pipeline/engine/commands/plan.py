"""Say what would run, why, how long it would take and how much disk it would need."""

from __future__ import annotations

import shutil
from pathlib import Path

from pipeline.engine.application import Call, Command
from pipeline.engine.driver import plan
from pipeline.engine.forecast import Estimate, Forecast
from pipeline.engine.gpu_slots import shared_out
from pipeline.runtime.errors import ExitCode, printable
from pipeline.runtime.quantities import about, size_text


def _run(call: Call) -> ExitCode:
    """Say what would run, and why."""
    request, workspace = call.request, call.workspace
    with workspace.gate():
        planned = plan(workspace, request, call.profile)
    with shared_out(items=len({job.folder for job in planned.jobs})):
        forecast = Forecast(workspace, call.items, planned.graph, planned.jobs, call.profile)
        seconds = forecast.seconds_left()
    stage = max([10, *(len(job.stage) for job in planned.jobs)])
    folder = max([22, *(len(job.folder) for job in planned.jobs)])
    for job in planned.jobs:
        columns = _columns(forecast.jobs[job.stage, job.folder])
        print(printable(f"{job.stage:{stage}}  {job.folder:{folder}}  {columns}  {job.reason}"))
    notes = [*planned.notes, *filter(None, [forecast.shortage])]
    for note in notes:
        print(printable(f"{'note':12}{note}"))
    for path, error in planned.selection.refused.items():
        print(printable(f"{'refused':12}{Path(path).name:24}{error}"))
    if not planned.jobs:
        print("nothing to do: everything is up to date")
        return ExitCode.OK
    guessed = not all(estimate.measured for estimate in forecast.jobs.values())
    free = size_text(shutil.disk_usage(workspace.folder).free)
    print(
        f"{len(planned.jobs)} jobs to run: about {about(seconds)} and"
        f" {size_text(forecast.bytes)}; {free} free"
        + "; *: with these settings measured on two cores of a server, but not on this machine yet"
        * guessed
    )
    return ExitCode.OK


def _columns(estimate: Estimate) -> str:
    mark = " " if estimate.measured else "*"
    return f"{about(estimate.seconds):>10}{mark}{size_text(estimate.bytes):>8}"


PLAN = Command("plan", _run, takes_stages=True)
