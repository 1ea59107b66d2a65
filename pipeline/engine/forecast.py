"""How long jobs will take, and how much disk their outputs will need."""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import msgspec

from pipeline.engine.graph import Graph
from pipeline.engine.items import Items
from pipeline.engine.profiles import Profile
from pipeline.engine.rates import BYTES, SECONDS, Rates, machine
from pipeline.engine.schedule import Waiting, seconds_until_done
from pipeline.engine.snakemake import Job
from pipeline.engine.stage import ITEM, Expected, Stage, is_plural
from pipeline.engine.stage_record import StageRecord, last_record
from pipeline.engine.workspace import Workspace
from pipeline.runtime.quantities import size_text

_PROCESS_S = 0.6
"""What a job takes beside its stage: Snakemake looks at it, and a shell and Python start."""
_LEAST = 0.1
"""Share of its estimate that a job is still given when it should have ended already."""
_UNKNOWN = Expected(seconds=2)
"""For stages that state nothing: at first a guess, then what they took before."""

Key: TypeAlias = tuple[str, str]
"""A job: its stage and its folder."""


class Estimate(NamedTuple):
    """What a job will come to."""

    seconds: float
    bytes: float
    measured: bool
    """Whether jobs of its kind have been measured on this machine."""


class Forecast:
    """The estimates of jobs. They improve as jobs end.

    Nobody knows how much there will be to do for a stage whose inputs are not made yet. So stages
    are gone through in order of dependence, and what each is expected to make is what the next
    ones are estimated from.
    """

    def __init__(
        self,
        workspace: Workspace,
        items: Items,
        graph: Graph,
        jobs: Iterable[Job],
        profile: Profile,
    ) -> None:
        self._workdir, self._graph, self._profile = workspace.folder, graph, profile
        self.rates = Rates(workspace.folder, machine(profile))
        self.jobs: dict[Key, Estimate] = {
            (job.stage, job.folder): Estimate(0, 0, False) for job in jobs
        }
        """Those that have not ended, in an order in which they could run."""
        self._nodes = _in_order(graph)
        shared = {node.folder for node in self._nodes.values() if node.folder}
        names = sorted({folder for _, folder in self.jobs}.union(graph.members()) - shared)
        self._amounts = {folder: self._recorded(folder) for folder in (*shared, *names)}
        recorded = {name: self._amounts[name] for name in names}
        for name, amounts in items.amounts(workspace, recorded).items():
            self._amounts[name] = {**amounts, **self._amounts[name]}
        self._names = names
        self.refresh()

    def refresh(self) -> None:
        """Estimate all jobs anew, by what is known now."""
        for node in self._nodes.values():
            for folder in [node.folder] if node.folder else self._names:
                key = node.stage.name, folder
                amounts = self._amounts[folder]
                if key in self.jobs:
                    expected = self._expected(node, folder)
                    amounts |= self._corrected(node, expected)
                    self.jobs[key] = self._estimate(node, expected)
                elif node.stage.measure is not None:
                    expected = self._expected(node, folder)
                    self._amounts[folder] = self._corrected(node, expected) | amounts

    def learn(self, key: Key, record: StageRecord | None) -> None:
        """Take a job that ended well into account, with the record that its stage left."""
        self.jobs.pop(key, None)
        if record is None:
            return
        stage, folder = key
        node = self._nodes[stage]
        expected = self._expected(node, folder)
        pairs = {
            SECONDS: (expected.seconds, record.seconds),
            BYTES: (expected.bytes, float(record.bytes)),
        }
        for name, amount in record.amounts.items():
            if name in expected.amounts:
                pairs[name] = expected.amounts[name], amount
        if record.from_start:
            self.rates.add(_kind(node, expected), pairs)
        self._amounts[folder] |= record.amounts

    def seconds_left(
        self, elapsed: Mapping[Key, float] | None = None, failed: Collection[Key] = ()
    ) -> float:
        """Until the last job ends, where some began ``elapsed`` seconds ago.

        Jobs that ``failed`` hold up those that need them.
        """
        elapsed, lost = elapsed or {}, set(failed)
        waiting: dict[Key, Waiting] = {}
        for key in sorted(self.jobs, key=lambda key: key not in elapsed):
            needs = self._needs(key)
            if key in lost or not lost.isdisjoint(needs):
                lost.add(key)
                continue
            seconds, cores = self.jobs[key].seconds, self._cores(self._nodes[key[0]].stage)
            left = max(seconds - elapsed.get(key, 0), seconds * _LEAST)
            waiting[key] = Waiting(left, cores, needs)
        return seconds_until_done(waiting, self._profile.at_once)

    @property
    def bytes(self) -> float:
        """Of the outputs of all jobs that have not ended."""
        return sum(estimate.bytes for estimate in self.jobs.values())

    @property
    def shortage(self) -> str | None:
        """A warning where the disk will not do."""
        free = shutil.disk_usage(self._workdir).free
        if free > self.bytes:
            return None
        return (
            f"this needs about {size_text(self.bytes)}, and the disk of {self._workdir} has"
            f" {size_text(free)} free: make room, or choose another disk with WORKDIR=…"
        )

    def logs(self, stage: str, folder: str) -> Path:
        """Where a stage leaves its records of a folder."""
        return self._workdir / self._graph.home(stage, folder) / "logs"

    def _recorded(self, folder: str) -> dict[str, float]:
        """What stages that have run counted in their outputs."""
        recorded: dict[str, float] = {}
        for node in self._nodes.values():
            if node.stage.measure is not None and bool(node.folder) == (folder == node.folder):
                logs = self.logs(node.stage.name, folder)
                record = last_record(logs, node.stage.name, since_ns=0)
                recorded |= record.amounts if record else {}
        return recorded

    def _expected(self, node: _Node, folder: str) -> Expected:
        if node.stage.expect is None:
            return _UNKNOWN
        around: defaultdict[str, float] = defaultdict(float)
        for part in (*node.beside, *(node.members if node.folder else [folder])):
            for name, amount in self._amounts[part].items():
                around[name] += amount
        around["member"] = float(folder in node.members)
        return node.stage.expect(around, node.config, self._graph.settings)

    def _corrected(self, node: _Node, expected: Expected) -> dict[str, float]:
        kind = _kind(node, expected)
        return {
            name: self.rates.corrected(kind, name, amount)
            for name, amount in expected.amounts.items()
        }

    def _estimate(self, node: _Node, expected: Expected) -> Estimate:
        kind = _kind(node, expected)
        seconds = self.rates.corrected(kind, SECONDS, expected.seconds, expected.startup)
        size = self.rates.corrected(kind, BYTES, expected.bytes)
        return Estimate(_PROCESS_S + seconds, size, self.rates.knows(kind))

    def _cores(self, stage: Stage) -> int:
        return self._graph.threads(stage) if self._profile.local else 1

    def _needs(self, key: Key) -> list[Key]:
        stage, folder = key
        node = self._nodes[stage]
        needs = [(name, self._nodes[name].folder or folder) for name in node.needs]
        needs += [(name, member) for name in node.needs_of_members for member in node.members]
        return [need for need in needs if need in self.jobs]


@dataclass(frozen=True)
class _Node:
    """A stage in the graph."""

    stage: Stage
    config: Any
    folder: str
    """The shared folder that it writes to, or "" where it writes to each item's."""
    beside: list[str]
    """The shared folders of its system."""
    members: list[str]
    """The items of which what its system shares is made."""
    needs: list[str]
    """Stages that make its inputs, of the same item or shared."""
    needs_of_members: list[str]
    """Stages that make inputs for each of several items."""


def _in_order(graph: Graph) -> dict[str, _Node]:
    """All stages, each behind those that make its inputs."""
    stages = {stage.name: stage for stage in graph.every_stage()}
    makers = {path: stage.name for stage in stages.values() for path in stage.outputs.values()}
    folders = {
        name: min(graph.shared_folders([stage])) if stage.shared else ""
        for name, stage in stages.items()
    }
    nodes: dict[str, _Node] = {}
    for name, stage in stages.items():
        paths = [*stage.inputs.values(), *stage.optional.values()]
        plural = [re.sub(r"^\{\w+\}", ITEM, path) for path in paths if is_plural(path)]
        bound = graph.bindings.get(stage.system, {}).values()
        system = [other for other in stages.values() if other.system == stage.system]
        nodes[name] = _Node(
            stage=stage,
            config=msgspec.convert(graph.settings[name], stage.config),
            folder=folders[name],
            beside=sorted({folders[other.name] for other in system} - {""}),
            members=[item for value in bound if isinstance(value, list) for item in value],
            needs=[makers[path] for path in paths if path in makers],
            needs_of_members=[makers[path] for path in plural if path in makers],
        )
    dependences = {name: [*node.needs, *node.needs_of_members] for name, node in nodes.items()}
    return {name: nodes[name] for name in TopologicalSorter(dependences).static_order()}


def _kind(node: _Node, expected: Expected) -> str:
    return f"{node.stage.name} {expected.kind}".strip()
