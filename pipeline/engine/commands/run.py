"""Bring stages up to date, with all they need: what a stage's own verb does."""

from __future__ import annotations

import os
from itertools import chain

from pipeline.engine.application import Call
from pipeline.engine.catalog import groups
from pipeline.engine.driver import make
from pipeline.engine.run_summary import Outcome
from pipeline.runtime.errors import ExitCode
from pipeline.runtime.logs import VERBOSE


def run(call: Call) -> ExitCode:
    """Make what is asked for, and say what became of it."""
    request, profile, workspace = call.request, call.profile, call.workspace
    if call.options.verbose:
        os.environ[VERBOSE] = "1"
    this_run = workspace.begin_run(profile)
    try:
        result = make(workspace, request, profile, this_run, call.options.wait)
        outcome = Outcome.of(result, result.plan.selection.noun or call.items.noun)
        this_run.record.items = outcome.items
        this_run.end(outcome.code, outcome.headline)
        done = {job.stage for job in result.jobs.values() if job.state == "done"}
        if done.intersection(chain.from_iterable(groups().values())):
            call.application.refresh(workspace)
        for line in outcome.lines(workspace, this_run, profile):
            call.say(line)
        return outcome.code
    except BaseException:
        this_run.undo()
        raise
