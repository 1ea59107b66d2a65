"""What a run came to, item by item: for the terminal, and for ``workdir/runs``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from pathlib import Path

from pipeline.engine.driver import RunResult
from pipeline.engine.graph import Graph, folder_of
from pipeline.engine.profiles import Profile
from pipeline.engine.run_records import ItemRecord, JobRecord, Run
from pipeline.engine.stage import ITEM
from pipeline.engine.workspace import Workspace
from pipeline.runtime.errors import ExitCode

_MAX_ROWS = 40
"""Of a kind; more that went well are only counted."""
_WELL = ("up to date", "made")
_ORDER = (*_WELL, "skipped", "not reached", "failed")


@dataclass(frozen=True)
class Outcome:
    """What became of each item, and what to exit with."""

    result: RunResult
    noun: str
    """What an item is called."""
    code: ExitCode
    items: list[ItemRecord]
    """In the order in which they are listed: what went wrong comes last."""

    @classmethod
    def of(cls, result: RunResult, noun: str) -> Outcome:
        """The outcome of a run that has ended."""
        return cls(result, noun, _exit_code(result), _item_records(result))

    @property
    def headline(self) -> str:
        """How many items came to what."""
        if not self.items:
            shared = " and ".join(sorted({job.folder for job in self.result.plan.jobs}))
            return f"{shared} made" if shared else "everything is up to date"
        counts = Counter[str](item.state for item in self.items)
        parts = [f"{counts[state]:,} {state}" for state in _ORDER if counts[state]]
        count = len(self.items)
        return f"{count:,} {self.noun}{'s' if count != 1 else ''}: {', '.join(parts)}"

    def lines(self, workspace: Workspace, run: Run, profile: Profile) -> Iterator[str]:
        """The lines for the screen: the files of one item, or a table of several.

        One line if all is well and the profile is quiet.
        """
        if len(self.items) > 1 or (profile.quiet and self.code == ExitCode.OK):
            yield from self._table(workspace, well=not profile.quiet)
            took = timedelta(seconds=round(run.record.seconds))
            yield f"{self.headline} in {took} ({workspace.shown(f'runs/{run.file.name}')})"
        elif self.code == ExitCode.OK:
            yield from self._files(workspace)
        elif not profile.local or profile.quiet or self._unreported():
            yield from (f"error: {item.why}" for item in self.items)
        if self.result.stopped:
            yield "interrupted; run again to go on"
        if self.result.fault is not None:
            yield f"error: {self.result.fault}"

    def _table(self, workspace: Workspace, *, well: bool) -> Iterator[str]:
        width = max((len(item.name) for item in self.items), default=0)
        for state, group in groupby(self.items, key=lambda item: item.state):
            items = list(group)
            if state in _WELL and (not well or len(items) > _MAX_ROWS):
                continue
            for item in items[:_MAX_ROWS]:
                log = f" (log: {workspace.shown(item.log)})" if item.log else ""
                files = _in_short(item, workspace)
                yield f"{state:12}{item.name:{width}}  {files}{item.why}{log}".rstrip()
            if (more := len(items) - _MAX_ROWS) > 0:
                yield f"{state:12}and {more:,} more"

    def _files(self, workspace: Workspace) -> Iterator[str]:
        plan = self.result.plan
        shown = {path for paths in _files(self.result).values() for path in paths}
        for target, before in zip(plan.targets, plan.stamps, strict=True):
            if target not in shown:
                continue
            state = "up to date" if workspace.stamp(target) == before else "made"
            yield f"{workspace.shown(target)} ({state})"

    def _unreported(self) -> bool:
        """Whether a stage failed that could not report it."""
        return any(job.state == "failed" and not job.host for job in self.result.jobs.values())


def _exit_code(result: RunResult) -> ExitCode:
    """The code of what failed, if it is one; else that several things did."""
    if result.stopped:
        return ExitCode.INTERRUPTED
    codes = {job.code or 0 for job in result.jobs.values() if job.state == "failed"}
    codes |= {error.code for error in result.plan.selection.refused.values()}
    if result.fault is not None:
        codes.add(result.fault.code)
    if len(codes) > 1:
        return ExitCode.SEVERAL_FAILED
    return ExitCode(codes.pop()) if codes else ExitCode.OK


def _item_records(result: RunResult) -> list[ItemRecord]:
    """What became of each item, and of what items share where that failed."""
    selection, jobs = result.plan.selection, list(result.jobs.values())
    names = {name for items in selection.work_on.values() for name in items}
    own: dict[str, list[JobRecord]] = {name: [] for name in names}
    for job in jobs:
        if job.folder in names or job.state == "failed":
            own.setdefault(job.folder, []).append(job)
    blocking = next((j for j in jobs if j.state == "failed" and j.folder not in names), None)
    files = _files(result)
    records = [
        _item_record(name, jobs, blocking, files.get(name, []), result.plan.graph)
        for name, jobs in own.items()
    ]
    records += [ItemRecord(name, "skipped", why) for name, why in selection.skipped.items()]
    records += [
        ItemRecord(Path(path).name, "failed", str(error))
        for path, error in selection.refused.items()
    ]
    return sorted(records, key=lambda item: (_ORDER.index(item.state), item.name))


def _files(result: RunResult) -> dict[str, list[str]]:
    """What was wanted, by folder: all files of a stage, or the one of them that people open."""
    plan = result.plan
    shared = plan.graph.shared_folders()
    opened = [stage for stage in plan.graph.every_stage() if stage.opens]
    files: dict[str, list[str]] = {}
    for target in plan.targets:
        folder = folder_of(target, shared)
        beside = {
            path.replace(ITEM, folder)
            for stage in opened
            for name, path in plan.graph.outputs(stage, folder).items()
            if name != stage.opens
        }
        if target not in beside:
            files.setdefault(folder, []).append(target)
    return files


def _in_short(item: ItemRecord, workspace: Workspace) -> str:
    """The files of an item on one line: the folder is named once."""
    if not item.files:
        return ""
    first, *others = item.files
    names = [workspace.shown(first), *(path.removeprefix(f"{item.name}/") for path in others)]
    return ", ".join(names)


def _item_record(
    name: str,
    jobs: Sequence[JobRecord],
    blocking: JobRecord | None,
    files: list[str],
    graph: Graph,
) -> ItemRecord:
    for job in jobs:
        if job.state == "failed":
            log = f"{graph.home(job.stage, name)}/logs/{job.stage}.log"
            return ItemRecord(name, "failed", f"{job.stage}: {job.message}", log)
    if any(job.state == "not reached" for job in jobs):
        why = "the run was stopped"
        if blocking:
            why = f"needs {blocking.folder}, where {blocking.stage} failed"
        return ItemRecord(name, "not reached", why)
    return ItemRecord(name, "made" if jobs else "up to date", files=files)
