"""Settings with which no input could pass are refused once, before any work begins."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

import msgspec

from pipeline.engine.graph import Graph
from pipeline.engine.snakemake import Job
from pipeline.engine.stage_record import Fault
from pipeline.runtime.errors import PipelineError
from pipeline.runtime.paths import PROJECT

_MOST_NAMED = 5


def check_settings(graph: Graph, jobs: Sequence[Job]) -> None:
    """Have every stage that is to run look at its settings, in a process of its own.

    Raises PipelineError: what the first of them finds wrong, and which folders wait for it.
    """
    sections = msgspec.json.encode(graph.settings).decode()
    for stage in graph.stages():
        concerned = sorted(job.folder for job in jobs if job.stage == stage.name)
        if stage.check is None or not concerned:
            continue
        output = subprocess.run(
            [sys.executable, "-P", "-m", stage.module, "--check", sections],
            env=os.environ | {"PYTHONPATH": str(PROJECT)},
            stdout=subprocess.PIPE,
        ).stdout
        if output:
            fault = msgspec.json.decode(output, type=Fault)
            problem = f"{fault.problem}; nothing was begun of {_named(concerned)}"
            raise PipelineError(fault.code, problem, fault.remedy)


def _named(folders: Sequence[str]) -> str:
    more = len(folders) - _MOST_NAMED
    return ", ".join(folders[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
