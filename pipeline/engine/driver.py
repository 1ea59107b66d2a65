"""Bringing files up to date: plan, claim, run, and try again what may pass."""

from __future__ import annotations

import dataclasses
import errno
import io
import os
import sys
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TextIO

from pipeline.engine.catalog import configured_stages
from pipeline.engine.edited_outputs import deleted_outputs, edited_outputs
from pipeline.engine.forecast import Forecast
from pipeline.engine.gpu_slots import shared_out
from pipeline.engine.graph import Graph, folder_of
from pipeline.engine.items import Items, Selection
from pipeline.engine.planning import plan_by_kinds
from pipeline.engine.preflight import check_settings, require_libraries
from pipeline.engine.profiles import Profile
from pipeline.engine.run_progress import RunProgress
from pipeline.engine.run_records import JobRecord, Run
from pipeline.engine.settings import Settings
from pipeline.engine.signals import stoppable
from pipeline.engine.snakemake import Execution, Job, Snakemake
from pipeline.engine.stage_record import StageRecord, last_record
from pipeline.engine.watchdog import DRIVER, this_process
from pipeline.engine.workspace import Workspace
from pipeline.runtime.disk_space import require_space
from pipeline.runtime.errors import (
    BROKEN,
    ExitCode,
    PipelineError,
    from_os_error,
    from_words,
    printable,
)

_FIRST_PAUSE_S = 1.0
_LONGER = 10
"""The factor by which the pause before another try grows with each."""

_DIED = "ended without a message (killed, or out of memory)"


@dataclass(frozen=True)
class Request:
    """What is to be brought up to date."""

    items: Items
    settings: Settings
    stages: Sequence[str]


@dataclass(frozen=True)
class Plan:
    """The jobs that a request comes to."""

    selection: Selection
    graph: Graph
    graph_file: Path
    targets: list[str]
    stamps: list[int]
    """Of the targets, as they were."""
    jobs: list[Job]
    notes: list[str]
    """What the user should know of it."""


@dataclass
class RunResult:
    """What became of a plan."""

    plan: Plan
    jobs: dict[tuple[str, str], JobRecord] = field(default_factory=dict)
    """By stage and folder."""
    notes: set[str] = field(default_factory=set)
    """What the user has read."""
    stopped: bool = False
    fault: PipelineError | None = None
    """Of the engine's own."""

    def continue_with(self, plan: Plan) -> None:
        """Take up another plan for the same targets, once the first one has been tried."""
        before = dict(zip(self.plan.targets, self.plan.stamps, strict=True))
        stamps = [before.get(target, 0) for target in plan.targets]
        self.plan = dataclasses.replace(plan, stamps=stamps)
        self.jobs = {key: job for key, job in self.jobs.items() if job.state != "not reached"}


def plan(
    workspace: Workspace, request: Request, profile: Profile, broken: Collection[str] = ()
) -> Plan:
    """What ``make`` would do, where items known to be ``broken`` are left out.

    Raises PipelineError: what registering items raises, and the engine's own faults.
    """
    stages = configured_stages(request.settings)
    wanted = [stages[name] for name in request.stages]
    selection = request.items.select(workspace, request.settings, wanted, broken)
    graph = Graph.of(request.settings, selection)
    targets = graph.targets([(stage, selection.work_on.get(stage.name, ())) for stage in wanted])
    items = {item for names in selection.work_on.values() for item in names}
    deleted = deleted_outputs(workspace.folder, graph, wanted, items)
    targets = sorted({*targets, *deleted})
    file, jobs = _jobs(workspace, graph, targets, profile)
    notes = list(selection.notes)
    if edited := edited_outputs(workspace.folder, graph, jobs):
        made = graph.made_by(edited)  # the engine asks for a rule even of a target that is there
        targets = [target for target in targets if target not in made]
        graph = graph.keeping(edited)
        file, jobs = _jobs(workspace, graph, targets, profile)
        notes += [
            f"{workspace.shown(path)} was edited by hand and is kept; delete it, and `make {stage}`"
            " makes it anew"
            for (stage, _), paths in edited.items()
            for path in paths
        ]
    stamps = list(map(workspace.stamp, targets))
    return Plan(selection, graph, file, targets, stamps, jobs, notes)


def _jobs(
    workspace: Workspace, graph: Graph, targets: list[str], profile: Profile
) -> tuple[Path, list[Job]]:
    """The engine's settings file for ``graph``, and the jobs that it sees."""
    file = workspace.save_graph(graph)
    output = io.StringIO()
    snakemake = Snakemake(workspace.folder, file, graph.shared_folders(), profile)

    def ask(targets: Sequence[str]) -> list[Job] | None:
        with stoppable() as stopping:
            jobs = snakemake.plan(targets, output)
        if stopping.requested:  # Snakemake reports the interrupt as a fault
            raise KeyboardInterrupt
        return jobs

    jobs = plan_by_kinds(workspace.folder, graph, targets, ask) if targets else []
    if jobs is None:
        raise _engine_fault(output.getvalue(), "the engine cannot plan this")
    return file, jobs


def make(
    workspace: Workspace, request: Request, profile: Profile, run: Run, wait: bool
) -> RunResult:
    """Do what is requested, and try again what failed and may pass.

    Where members of what is shared turn out to be broken, it is made without them. Raises
    PipelineError as ``plan`` and ``check_settings`` do, and BUSY.
    """
    result = RunResult(_claimed(workspace, request, profile, run, wait))
    require_libraries(result.plan.graph, result.plan.jobs)
    if profile.local and result.plan.jobs:
        check_settings(workspace.folder, result.plan.graph, result.plan.jobs)
    _carry_out(result, workspace, request.items, profile, run)
    broken: set[str] = set()
    while new := _broken_members(result) - broken:
        broken |= new
        try:
            result.continue_with(_claimed(workspace, request, profile, run, wait, broken))
        except PipelineError:  # nothing is left to make it of; the failures are reported
            break
        _carry_out(result, workspace, request.items, profile, run)
    if result.stopped:
        for record in result.jobs.values():
            if record.code == ExitCode.INTERRUPTED:
                record.state = "not reached"
    with suppress(OSError):  # what cannot be written to is left to the next run
        graph = result.plan.graph
        workspace.sweep({graph.home(job.stage, job.folder) for job in result.jobs.values()})
    run.record.jobs = list(result.jobs.values())
    return result


def _replaced(workspace: Workspace, planned: Plan) -> list[str]:
    """The finished shared folders in which the plan makes anew what is there."""
    graph = planned.graph
    makes = {stage.name: graph.outputs(stage).values() for stage in graph.stages() if stage.shared}
    replaced = {
        job.folder
        for job in planned.jobs
        if job.folder in planned.selection.finished
        and any(workspace.exist([path]) for path in makes[job.stage])
    }
    return sorted(replaced)


def _carry_out(
    result: RunResult, workspace: Workspace, items: Items, profile: Profile, run: Run
) -> None:
    """Run the jobs of the plan, and note what became of them."""
    planned = result.plan
    for note in planned.notes:
        if note not in result.notes:
            _say(run, profile, note)
    result.notes |= set(planned.notes)
    copies = {folder: workspace.set_aside(folder) for folder in _replaced(workspace, planned)}
    for job in planned.jobs:
        record = JobRecord(job.stage, job.folder, job.reason, "not reached")
        result.jobs.setdefault((job.stage, job.folder), record)
    if not planned.jobs:
        return
    shared = planned.graph.shared_folders()
    snakemake = Snakemake(workspace.folder, planned.graph_file, shared, profile)
    with (
        _console(run.log, profile.quiet) as output,
        _driving(planned, profile) as gpus,
        stoppable() as stopping,
    ):
        forecast = Forecast(workspace, items, planned.graph, planned.jobs, profile)
        if forecast.shortage:
            _say(run, profile, f"warning: {forecast.shortage}")
        tell = partial(_tell, output, on_screen=not profile.quiet)
        progress = RunProgress(forecast, run.since_ns, tell)

        def attempt(targets: list[str]) -> None:
            execution = snakemake.run(targets, gpus, output, progress)
            _record(execution, result, workspace.folder, run)
            if stopping.requested:  # Snakemake has taken the interrupt
                raise KeyboardInterrupt
            if not (execution.complete or execution.failed):
                words = run.log.read_text(encoding="utf-8", errors="replace")
                result.fault = _engine_fault(words, f"the engine stopped: {run.log} says why")

        with suppress(KeyboardInterrupt):
            _try(result, attempt, profile.retries)
        result.stopped = stopping.requested
        forecast.rates.save(workspace)
    for folder, copy in copies.items():
        if any(job.folder == folder and job.attempts for job in result.jobs.values()):
            _say(run, profile, f"{folder} as it was before is kept as {copy}")


def _broken_members(result: RunResult) -> set[str]:
    """Members of what is shared in which a stage found nothing that can be read."""
    if result.stopped or result.fault:
        return set()
    failed = [job for job in result.jobs.values() if job.state == "failed"]
    broken = {job.folder for job in failed if job.code in BROKEN}
    return broken & result.plan.graph.members()


def _tell(output: TextIO, line: str, *, on_screen: bool) -> None:
    """Write a line to the log and, while Snakemake holds ``sys.stderr``, to the user's screen."""
    print(printable(line), file=output)
    if on_screen:
        print(printable(line), file=sys.__stderr__)


def _say(run: Run, profile: Profile, line: str) -> None:
    """Tell the user; where the profile is quiet, the log."""
    if profile.quiet:
        with run.log.open("a", encoding="utf-8") as log:
            log.write(f"{printable(line)}\n")
    else:
        print(printable(line), file=sys.stderr)


def _claimed(
    workspace: Workspace,
    request: Request,
    profile: Profile,
    run: Run,
    wait: bool,
    broken: Collection[str] = (),
) -> Plan:
    """Plan, and keep others away from what the plan touches."""
    while True:
        try:
            with workspace.gate():
                planned = plan(workspace, request, profile, broken)
                writes = {job.folder for job in planned.jobs}
                reads = {folder for job in planned.jobs for folder in job.reads} - writes
                workspace.claim(run, writes, reads)
            workspace.sweep({planned.graph.home(job.stage, job.folder) for job in planned.jobs})
            return planned
        except PipelineError as error:
            if error.code != ExitCode.BUSY or not wait:
                raise
        time.sleep(1)


def _try(result: RunResult, attempt: Callable[[list[str]], None], retries: int) -> None:
    """Make an attempt at all targets, and more at those whose failures may pass."""
    shared = result.plan.graph.shared_folders()
    touched = {job.folder for job in result.plan.jobs}
    targets = [target for target in result.plan.targets if folder_of(target, shared) in touched]
    pause = _FIRST_PAUSE_S
    for tries_left in reversed(range(1 + retries)):
        attempt(targets)
        failed = [record for record in result.jobs.values() if record.state == "failed"]
        lost = {record.folder for record in failed if not record.may_pass}
        again = [record for record in failed if record.folder not in lost]
        targets = [target for target in targets if folder_of(target, shared) not in lost]
        if result.fault or not (tries_left and again and targets):
            return
        for record in again:
            # A stage that left a record has reported its own failure.
            why = "" if record.host else f"{_DIED}; "
            line = f"{record.stage} {record.folder}: {why}trying again in {pause:.0f} s"
            print(printable(line), file=sys.stderr)
        time.sleep(pause)
        pause *= _LONGER


def _record(execution: Execution, result: RunResult, workdir: Path, run: Run) -> None:
    """Write down how jobs ended, by the records of their stages and what the engine saw."""
    for state, jobs in (("done", execution.done), ("failed", execution.failed)):
        for job in jobs:
            record = result.jobs.setdefault(
                (job.stage, job.folder), JobRecord(job.stage, job.folder, job.reason, "not reached")
            )
            home = workdir / result.plan.graph.home(job.stage, job.folder)
            last = last_record(home / "logs", job.stage, run.since_ns)
            record.state = "done" if state == "done" else "failed"
            record.attempts += 1
            if state == "failed" and (last is None or last.code == ExitCode.OK):
                last = _died(home)
            if last is not None:
                record.code, record.message, record.host = last.code, last.message, last.host
                record.may_pass = last.may_pass
                record.seconds, record.cpu_seconds = last.seconds, last.cpu_seconds
                record.memory_mb = last.memory_mb


def _died(folder: Path) -> StageRecord:
    """A record for a stage that left none in ``folder``."""
    code, may_pass, message = ExitCode.STAGE_DIED, True, f"{_DIED}. Run again to go on."
    if fault := _cannot_hold(folder):
        code, may_pass, message = fault.code, False, str(fault)
    return StageRecord(
        code, message, may_pass, host="", started=0, seconds=0, cpu_seconds=0, memory_mb=0
    )


def _cannot_hold(folder: Path) -> PipelineError | None:
    """Why a stage could leave nothing behind, if it is that."""
    if not folder.exists():
        return None
    if not os.access(folder, os.W_OK):
        return from_os_error(PermissionError(errno.EACCES, os.strerror(errno.EACCES), folder))
    try:
        require_space(folder, 0)
    except PipelineError as error:
        return error
    return None


def _engine_fault(words: str, problem: str) -> PipelineError:
    """The error that Snakemake's output stands for."""
    known = from_words(words)
    if known is not None:
        return known
    last = " ".join(words.split()[-60:])
    return PipelineError(
        ExitCode.INTERNAL, f"{problem} (… {last})" if last else problem, "Please report this"
    )


@contextmanager
def _driving(plan: Plan, profile: Profile) -> Iterator[int]:
    """Let the stages on this host end with this process, and share its GPUs out among them.

    Yields how many GPUs there are.
    """
    if not profile.local:
        yield 1
        return
    os.environ[DRIVER] = this_process()
    try:
        with shared_out(items=len({job.folder for job in plan.jobs})) as gpus:
            yield gpus
    finally:
        del os.environ[DRIVER]


@contextmanager
def _console(log: Path, quiet: bool) -> Iterator[TextIO]:
    """The file for Snakemake's output and, where ``quiet``, for the stages' messages too."""
    with log.open("a", encoding="utf-8", buffering=1) as output:
        if not quiet:
            yield output
            return
        sys.stderr.flush()
        screen = os.dup(2)
        os.dup2(output.fileno(), 2)
        try:
            yield output
        finally:
            sys.stderr.flush()
            os.dup2(screen, 2)
            os.close(screen)
