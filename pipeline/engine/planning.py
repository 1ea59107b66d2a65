"""Planning by kinds: what Snakemake says of one item holds for all items of its kind.

Snakemake thinks for a millisecond about every job, and a season has ten thousand. But what it
decides for an item follows from the state of its files and not from its name, and most items of
a season are in one of a few states: done, not begun, made with other settings.

This repeats Snakemake's own rules of what reruns, on its private records, as the version that
pyproject.toml pins has them; tests compare both on items in every state they could think of.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.engine.graph import Graph, folder_of
from pipeline.engine.snakemake import Job
from pipeline.engine.stage import ITEM, Stage
from pipeline.runtime.file_digest import sha256

Ask = Callable[[Sequence[str]], list[Job] | None]
"""What Snakemake would do for targets, in order; None if it refuses."""


def plan_by_kinds(workdir: Path, graph: Graph, targets: list[str], ask: Ask) -> list[Job] | None:
    """What ``ask`` says of ``targets``, asked about one item of each kind only."""
    shared = graph.shared_folders()
    kinds = _kinds(workdir, graph, targets)
    jobs = ask([target for target in targets if folder_of(target, shared) in kinds])
    if jobs is None:
        return None
    return [_moved(job, item) for job in jobs for item in kinds.get(job.folder, [job.folder])]


def _moved(job: Job, item: str) -> Job:
    """The job of an item of the same kind."""
    if item == job.folder:
        return job
    own = re.compile(rf"(?<![\w./-]){re.escape(job.folder)}(?=/)")
    reads = frozenset(item if folder == job.folder else folder for folder in job.reads)
    return replace(job, folder=item, reason=own.sub(item, job.reason), reads=reads)


def _kinds(workdir: Path, graph: Graph, targets: list[str]) -> dict[str, list[str]]:
    """The folders of ``targets``, by the first one of each kind.

    What all items depend on, shared folders and the items they are made of, is of no kind but its
    own; nor is an item of which something is kept.
    """
    shared = graph.shared_folders()
    alone = shared | graph.members() | {folder for kept in graph.kept.values() for folder in kept}
    wanted: dict[str, list[str]] = {}
    for target in targets:
        folder = folder_of(target, shared)
        wanted.setdefault(folder, []).append(target.removeprefix(f"{folder}/"))
    files = _Files(workdir)
    sources = {source: frozenset(names) for source, names in graph.having.items()}
    example: dict[Hashable, str] = {}
    kinds: dict[Hashable, list[str]] = {}
    steps = cache(lambda names, having: _steps(graph, names, example[having]))
    inside = [places for places in graph.places.values() if places]
    # Two items are of one kind if the same files are wanted of them, the user gave the same files,
    # results go to the same places, and all that Snakemake would look at is in the same state.
    for folder, names in wanted.items():
        if folder in alone:
            kinds[folder] = [folder]
            continue
        having = (
            frozenset(source for source, names in sources.items() if folder in names),
            tuple(places.get(folder) for places in inside),
        )
        example.setdefault(having, folder)
        asked = tuple(names), having
        kinds.setdefault((asked, files.state(folder, steps(*asked))), []).append(folder)
    return {group[0]: group for group in kinds.values()}


@dataclass(frozen=True)
class _Step:
    """A stage of an item: paths with only ``{item}`` left open."""

    inputs: list[str]
    outputs: list[str]
    later: list[str]
    """Its outputs, and those of all steps that depend on it."""


def _steps(graph: Graph, names: Iterable[str], item: str) -> list[_Step]:
    """What leads to files of these names, for items that have what ``item`` has."""
    stages = graph.stages()
    outputs = {stage.name: list(graph.outputs(stage, item).values()) for stage in stages}
    inputs = {stage.name: _inputs(graph, stage, item) for stage in stages}
    makers = {path: stage for stage, paths in outputs.items() for path in paths}

    # Walk from the wanted files up to the user's own. What is shared is the same for all items and
    # therefore ends the walk.
    needed: set[str] = set()
    waiting = [f"{ITEM}/{name}" for name in names]
    while waiting:
        path = waiting.pop()
        if ITEM in path and path in makers and makers[path] not in needed:
            needed.add(makers[path])
            waiting.extend(inputs[makers[path]])

    # Snakemake compares an input with every output that depends on it, at any distance: a rerun
    # passes on to all that follows.
    @cache
    def later(stage: str) -> frozenset[str]:
        readers = [other for other in needed if not {*outputs[stage]}.isdisjoint(inputs[other])]
        return frozenset(outputs[stage]).union(*map(later, readers))

    return [_Step(inputs[stage], outputs[stage], list(later(stage))) for stage in needed]


def _inputs(graph: Graph, stage: Stage, item: str) -> list[str]:
    required = graph.inputs(stage, item).values()
    paths = [path for some in required for path in ([some] if isinstance(some, str) else some)]
    return [*paths, *graph.has(stage, item).values()]


class _Times(NamedTuple):
    """When a file was last changed; a link counts as Snakemake counts it."""

    read: float
    """As an input."""
    made: float
    """As an output."""


class _Files:
    """What Snakemake goes by: which files exist, which are newer, and what it has on record."""

    def __init__(self, workdir: Path) -> None:
        from snakemake.persistence.file import FilePersistence

        self._workdir = workdir
        self._records = FilePersistence(nolock=True, path=workdir / ".snakemake")
        self._shared_times = cache(self._times)
        self._checksum = cache(self._digest)

    def state(self, item: str, steps: list[_Step]) -> Hashable:
        """Equal for two items where nothing but their names tells them apart."""
        times = {
            path: self._times(path.replace(ITEM, item))
            if ITEM in path
            else self._shared_times(path)
            for path in {path for step in steps for path in (*step.inputs, *step.outputs)}
        }
        return tuple(self._of_step(item, step, times) for step in steps)

    def _of_step(self, item: str, step: _Step, times: dict[str, _Times | None]) -> Hashable:
        files = [path.replace(ITEM, item) for path in step.outputs]
        records = [self._records._read_record(file) for file in files]
        incomplete = self._records._filter_incomplete_keys(files)
        inputs = {path: read for path in step.inputs if (read := times[path])}
        later = {path: made for path in step.later if (made := times[path])}
        # Snakemake reruns a step for an input that is newer than an output, unless the input's
        # digest is the one on record: then only its time stamp has changed.
        newer = {(i, o) for i in inputs for o in later if inputs[i].read > later[o].made}
        same = {i for i, _ in newer if self._is_same(i.replace(ITEM, item), records)}
        return (
            frozenset([*inputs, *later]),
            frozenset((i, o) for i, o in newer if i not in same),
            tuple(_nameless(record, item) for record in records),
            tuple(file in incomplete for file in files),
        )

    def _times(self, path: str) -> _Times | None:
        file = self._workdir / path
        try:
            made = read = file.lstat()
            if stat.S_ISLNK(made.st_mode):
                read = file.stat()
        except FileNotFoundError:
            return None
        return _Times(max(made.st_mtime, read.st_mtime), made.st_mtime)

    def _is_same(self, path: str, records: list[Any]) -> bool:
        """Whether an input that is newer is what it was when the outputs were made."""
        before = {record and (record.input_checksums or {}).get(path) for record in records}
        return None not in before and before == {self._checksum(path)}

    def _digest(self, path: str) -> str:
        return f"sha256:{sha256(self._workdir / path)}"


def _nameless(record: Any, item: str) -> Hashable:
    """What makes Snakemake rerun a job, without the item's name."""
    if record is None:
        return None
    own = f"{item}/"
    inputs = sorted(
        ITEM + path.removeprefix(item) if path.startswith(own) else path
        for path in record.input or ()
    )
    params = tuple(record.params or ())
    return record.record_format_version, tuple(inputs), params, record.software_stack_hash
