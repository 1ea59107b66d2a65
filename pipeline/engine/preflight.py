"""Settings with which no input could pass are refused once, before any work begins."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from pipeline.engine.graph import Graph
from pipeline.engine.snakemake import Job
from pipeline.engine.stage_record import Fault, records
from pipeline.runtime.environment import importable_from_anywhere
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.extras import require_extra

_MOST_NAMED = 5


def require_libraries(graph: Graph, jobs: Sequence[Job]) -> None:
    """Raise PipelineError NOT_INSTALLED if a stage that is to run needs what is not installed."""
    extras: dict[str, list[str]] = {}
    for stage in graph.stages():
        if stage.extra and any(job.stage == stage.name for job in jobs):
            extras.setdefault(stage.extra, []).append(stage.name)
    for extra, names in extras.items():
        require_extra(extra, names)


def check_settings(workdir: Path, graph: Graph, jobs: Sequence[Job]) -> None:
    """Have every stage that is to run look at its settings, in a process of its own.

    Those with which it has ended well are not looked at again, as that may take seconds.

    Raises PipelineError: what the first of them finds wrong, and which folders wait for it.
    """
    sections = msgspec.json.encode(graph.settings).decode()
    for stage in graph.stages():
        concerned = sorted(job.folder for job in jobs if job.stage == stage.name)
        if stage.check is None or not concerned:
            continue
        homes = [workdir / graph.home(stage.name, folder) for folder in concerned]
        if any(_passed(home / "logs", stage.name, graph) for home in homes):
            continue
        command = [sys.executable, "-P", "-m", stage.module, "--check", sections]
        with importable_from_anywhere():
            output = subprocess.run(command, stdout=subprocess.PIPE).stdout
        if output:
            fault = msgspec.json.decode(output, type=Fault)
            problem = f"{fault.problem}; nothing was done for {_named(concerned)}"
            raise PipelineError(fault.code, problem, fault.remedy)


def _passed(logs: Path, stage: str, graph: Graph) -> bool:
    """Whether ``stage`` ended well in a folder, where all was made with the settings of now."""
    done = records(logs)
    settings = msgspec.json.decode(msgspec.json.encode(graph.settings))
    return stage in done and all(
        record.code == ExitCode.OK and record.settings == settings.get(name)
        for name, record in done.items()
    )


def _named(folders: Sequence[str]) -> str:
    more = len(folders) - _MOST_NAMED
    return ", ".join(folders[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
