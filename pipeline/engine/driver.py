"""Bringing files up to date: plan, claim, run, try again what may pass."""

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
from pathlib import Path
from typing import TextIO

from pipeline.engine.edited_outputs import edited_outputs
from pipeline.engine.gpu_slots import shared_out
from pipeline.engine.graph import Graph, configured_stages
from pipeline.engine.planning import plan_alike
from pipeline.engine.preflight import check_settings
from pipeline.engine.profiles import Profile
from pipeline.engine.run_records import JobRecord, Run
from pipeline.engine.settings import Settings, VideoEntry
from pipeline.engine.signals import stoppable
from pipeline.engine.snakemake import Job, Ran, folder_of, plan_graph, run_graph
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
from pipeline.sources.roles import Roles, assign_roles

_FIRST_PAUSE_S = 1.0
_LONGER = 10
"""The pause before another try grows so many times with each."""

_DIED = "ended without a word (killed, or out of memory)"


@dataclass(frozen=True)
class Asked:
    """What the command line asks for."""

    settings: Settings
    stages: Sequence[str]
    """Names; none for the products."""
    video: VideoEntry | None
    """A video, or a folder of them."""


@dataclass(frozen=True)
class Plan:
    """What there is to do."""

    roles: Roles
    graph: Graph
    graph_file: Path
    targets: list[str]
    stamps: list[int]
    """Of the targets, as they were."""
    jobs: list[Job]
    notes: list[str]
    """What the user should know of it."""


@dataclass
class Made:
    """What became of a plan."""

    plan: Plan
    jobs: dict[tuple[str, str], JobRecord] = field(default_factory=dict)
    """By stage and folder."""
    notes: set[str] = field(default_factory=set)
    """What the user has been told."""
    stopped: bool = False
    fault: PipelineError | None = None
    """Of the engine's own."""

    def go_on_with(self, plan: Plan) -> None:
        """Take up another plan for the same targets, once the first one has been tried."""
        before = dict(zip(self.plan.targets, self.plan.stamps, strict=True))
        stamps = [before.get(target, 0) for target in plan.targets]
        self.plan = dataclasses.replace(plan, stamps=stamps)
        self.jobs = {key: job for key, job in self.jobs.items() if job.state != "not reached"}


def plan(
    workspace: Workspace, asked: Asked, profile: Profile, broken: Collection[str] = ()
) -> Plan:
    """What ``make`` would do, where videos known to be ``broken`` are left out.

    Raises PipelineError: what registering videos raises, and the engine's own faults.
    """
    stages = configured_stages(asked.settings)
    products = [stage for stage in stages.values() if stage.product]
    wanted = [stages[name] for name in asked.stages] or products
    roles = assign_roles(workspace, asked.settings, wanted, asked.video, broken)
    graph = Graph.of(
        asked.settings, roles.learn.videos, roles.commented, keep_model=roles.learn.keeps_model
    )
    targets = graph.targets([(stage, roles.work_on[stage.name]) for stage in wanted])
    file, jobs = _planned(workspace, graph, targets, profile)
    notes = list(roles.learn.notes)
    if edited := edited_outputs(workspace.folder, graph, jobs):
        graph = graph.keeping(edited)
        file, jobs = _planned(workspace, graph, targets, profile)
        notes += [
            f"{workspace.shown(path)} was edited by hand and is kept; delete it, and `make {stage}`"
            " makes it anew"
            for (stage, _), paths in edited.items()
            for path in paths
        ]
    stamps = list(map(workspace.stamp, targets))
    return Plan(roles, graph, file, targets, stamps, jobs, notes)


def _planned(
    workspace: Workspace, graph: Graph, targets: list[str], profile: Profile
) -> tuple[Path, list[Job]]:
    """The engine's settings file for ``graph``, and the jobs that it sees."""
    file = workspace.save_graph(graph)
    said = io.StringIO()

    def ask(targets: Sequence[str]) -> list[Job] | None:
        with stoppable() as stopping:
            jobs = plan_graph(workspace.folder, file, targets, profile, said)
        if stopping.asked:  # the engine makes a fault of it
            raise KeyboardInterrupt
        return jobs

    jobs = plan_alike(workspace.folder, graph, targets, ask) if targets else []
    if jobs is None:
        raise _engine_fault(said.getvalue(), "the engine cannot plan this")
    return file, jobs


def make(workspace: Workspace, asked: Asked, profile: Profile, run: Run, wait: bool) -> Made:
    """Do what is ``asked``, and try again what failed and may pass.

    Where videos to learn from turn out to be broken, the model does without them.
    Raises PipelineError as ``plan`` and ``check_settings`` do, and BUSY.
    """
    made = Made(_claimed(workspace, asked, profile, run, wait))
    if profile.local and made.plan.jobs:
        check_settings(made.plan.graph, made.plan.jobs)
    _carry_out(made, workspace, profile, run)
    broken: set[str] = set()
    while new := _broken_sources(made) - broken:
        broken |= new
        try:
            made.go_on_with(_claimed(workspace, asked, profile, run, wait, broken))
        except PipelineError:  # without them there is no model; that they failed is told
            break
        _carry_out(made, workspace, profile, run)
    if made.stopped:
        for record in made.jobs.values():
            if record.code == ExitCode.INTERRUPTED:
                record.state = "not reached"
    with suppress(OSError):  # what cannot be written to is left to the next run
        workspace.sweep(run.record.works_on)
    run.record.jobs = list(made.jobs.values())
    return made


def _carry_out(made: Made, workspace: Workspace, profile: Profile, run: Run) -> None:
    """Run the jobs of the plan, and note what became of them."""
    for note in made.plan.notes:
        if note not in made.notes:
            _say(run, profile, note)
    made.notes |= set(made.plan.notes)
    model = made.plan.graph.model
    folder = f"models/{model}"
    kept = any(job.of == folder for job in made.plan.jobs) and workspace.set_aside(model)
    for job in made.plan.jobs:
        record = JobRecord(job.stage, job.of, job.reason, "not reached")
        made.jobs.setdefault((job.stage, job.of), record)
    if not made.plan.jobs:
        return
    with (
        _console(run.log, profile.quiet) as said,
        _driving(made.plan, profile) as gpus,
        stoppable() as stopping,
    ):

        def attempt(targets: list[str]) -> None:
            file = made.plan.graph_file
            ran = run_graph(workspace.folder, file, targets, profile, gpus, said)
            _note(ran, made, workspace.folder, run)
            if stopping.asked:  # the engine has taken the interrupt
                raise KeyboardInterrupt
            if not (ran.well or ran.failed):
                words = run.log.read_text(encoding="utf-8", errors="replace")
                made.fault = _engine_fault(words, f"the engine stopped: {run.log} tells why")

        with suppress(KeyboardInterrupt):
            _try(made, attempt, profile.retries)
        made.stopped = stopping.asked
    if kept and any(job.of == folder and job.attempts for job in made.jobs.values()):
        _say(run, profile, f"the model “{model}” as it was before is kept as “{kept}”")


def _broken_sources(made: Made) -> set[str]:
    """Videos to learn from of which a stage found that nothing can be read."""
    if made.stopped or made.fault:
        return set()
    failed = {job.of for job in made.jobs.values() if job.state == "failed" and job.code in BROKEN}
    return failed.intersection(made.plan.roles.learn.videos)


def _say(run: Run, profile: Profile, line: str) -> None:
    """Tell the user; where the profile is quiet, the log."""
    if profile.quiet:
        with run.log.open("a", encoding="utf-8") as log:
            log.write(f"{printable(line)}\n")
    else:
        print(printable(line), file=sys.stderr)


def _claimed(
    workspace: Workspace,
    asked: Asked,
    profile: Profile,
    run: Run,
    wait: bool,
    broken: Collection[str] = (),
) -> Plan:
    """Plan, and keep others away from what the plan touches."""
    while True:
        try:
            with workspace.gate():
                planned = plan(workspace, asked, profile, broken)
                writes = {job.of for job in planned.jobs}
                reads = {folder for job in planned.jobs for folder in job.reads} - writes
                workspace.claim(run, writes, reads)
            return planned
        except PipelineError as error:
            if error.code != ExitCode.BUSY or not wait:
                raise
        time.sleep(1)


def _try(made: Made, attempt: Callable[[list[str]], None], retries: int) -> None:
    """Make an attempt at all targets, and more at those whose failures may pass."""
    touched = {job.of for job in made.plan.jobs}
    targets = [target for target in made.plan.targets if folder_of(target) in touched]
    pause = _FIRST_PAUSE_S
    for tries_left in reversed(range(1 + retries)):
        attempt(targets)
        failed = [record for record in made.jobs.values() if record.state == "failed"]
        lost = {record.of for record in failed if not record.may_pass}
        again = [record for record in failed if record.of not in lost]
        targets = [target for target in targets if folder_of(target) not in lost]
        if made.fault or not (tries_left and again and targets):
            return
        for record in again:
            # What a stage can tell it has told itself.
            why = "" if record.host else f"{_DIED}; "
            line = f"{record.stage} {record.of}: {why}trying again in {pause:.0f} s"
            print(printable(line), file=sys.stderr)
        time.sleep(pause)
        pause *= _LONGER


def _note(ran: Ran, made: Made, workdir: Path, run: Run) -> None:
    """Write down how jobs ended, by what their stages left and the engine saw."""
    for state, jobs in (("done", ran.done), ("failed", ran.failed)):
        for job in jobs:
            record = made.jobs.setdefault(
                (job.stage, job.of), JobRecord(job.stage, job.of, job.reason, "not reached")
            )
            left = last_record(workdir / job.of / "logs", job.stage, run.since_ns)
            record.state = "done" if state == "done" else "failed"
            record.attempts += 1
            if state == "failed" and (left is None or left.code == ExitCode.OK):
                left = _died(workdir / job.of)
            if left is not None:
                record.code, record.message, record.host = left.code, left.message, left.host
                record.may_pass = left.may_pass
                record.seconds, record.cpu_seconds = left.seconds, left.cpu_seconds
                record.memory_mb = left.memory_mb


def _died(folder: Path) -> StageRecord:
    """What is to be said of a stage that left no record in ``folder``."""
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
    """What the engine's own words mean."""
    known = from_words(words)
    if known is not None:
        return known
    last = " ".join(words.split()[-60:])
    return PipelineError(
        ExitCode.INTERNAL, f"{problem} (… {last})" if last else problem, "Please report this"
    )


@contextmanager
def _driving(plan: Plan, profile: Profile) -> Iterator[int]:
    """Tell the stages on this host whom to end with, and share its GPUs out among them.

    Yields how many GPUs there are.
    """
    if not profile.local:
        yield 1
        return
    os.environ[DRIVER] = this_process()
    try:
        with shared_out(videos=len({job.of for job in plan.jobs})) as gpus:
            yield gpus
    finally:
        del os.environ[DRIVER]


@contextmanager
def _console(log: Path, quiet: bool) -> Iterator[TextIO]:
    """The file for what the engine says; where ``quiet``, for what the stages say, too."""
    with log.open("a", encoding="utf-8", buffering=1) as said:
        if not quiet:
            yield said
            return
        sys.stderr.flush()
        screen = os.dup(2)
        os.dup2(said.fileno(), 2)
        try:
            yield said
        finally:
            sys.stderr.flush()
            os.dup2(screen, 2)
            os.close(screen)
