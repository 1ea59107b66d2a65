"""Videos that are alike: what the engine says of one of them holds for all.

Snakemake thinks for a millisecond about every job, and a season has ten thousand. But what it
decides for a video follows from the state of the files, not from the video's name, and most
videos of a season are in one of a few states: done, not begun, made with other settings.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.engine.graph import Graph
from pipeline.engine.snakemake import Job, folder_of
from pipeline.engine.stage import Stage
from pipeline.runtime.file_digest import sha256

Ask = Callable[[Sequence[str]], list[Job] | None]
"""What the engine would do for targets, in order; None if it refuses."""

_OPEN = "{video}"


def plan_alike(workdir: Path, graph: Graph, targets: list[str], ask: Ask) -> list[Job] | None:
    """What ``ask`` says of ``targets``, having asked about one video of each kind only."""
    kinds = _kinds(workdir, graph, targets)
    jobs = ask([target for target in targets if folder_of(target) in kinds])
    if jobs is None:
        return None
    return [_told_of(video, job) for job in jobs for video in kinds.get(job.of, [job.of])]


def _told_of(video: str, job: Job) -> Job:
    if video == job.of:
        return job
    own = re.compile(rf"(?<![\w./-]){re.escape(job.of)}(?=/)")
    reads = frozenset(video if folder == job.of else folder for folder in job.reads)
    return replace(job, of=video, reason=own.sub(video, job.reason), reads=reads)


def _kinds(workdir: Path, graph: Graph, targets: list[str]) -> dict[str, list[str]]:
    """The folders of ``targets``, by the first one of those that are like it.

    What all videos depend on, the model and the videos it learns from, is like nothing else; nor
    is a video of which something is kept.
    """
    alone = {*graph.train, *(folder for kept in graph.kept.values() for folder in kept)}
    wanted: dict[str, list[str]] = {}
    for target in targets:
        folder = folder_of(target)
        wanted.setdefault(folder, []).append(target.removeprefix(f"{folder}/"))
    files = _Files(workdir)
    steps = cache(lambda names, commented: _steps(graph, names, commented))
    kinds: dict[Hashable, list[str]] = {}
    for folder, names in wanted.items():
        if folder in alone or folder.startswith("models/"):
            kinds[folder] = [folder]
        else:
            asked = tuple(names), folder in graph.commented
            kinds.setdefault((asked, files.state(folder, steps(*asked))), []).append(folder)
    return {group[0]: group for group in kinds.values()}


@dataclass(frozen=True)
class _Step:
    """A stage of a video: paths with only ``{video}`` left open."""

    inputs: list[str]
    outputs: list[str]
    later: list[str]
    """Its outputs, and those of all steps that depend on it."""


def _steps(graph: Graph, names: Iterable[str], commented: bool) -> list[_Step]:
    """What leads to the files of these names."""
    stages = graph.stages()
    outputs = {stage.name: list(graph.outputs(stage).values()) for stage in stages}
    inputs = {stage.name: _inputs(graph, stage, commented) for stage in stages}
    makers = {path: stage for stage, paths in outputs.items() for path in paths}

    needed: set[str] = set()
    waiting = [f"{_OPEN}/{name}" for name in names]
    while waiting:
        path = waiting.pop()
        if _OPEN in path and path in makers and makers[path] not in needed:
            needed.add(makers[path])
            waiting.extend(inputs[makers[path]])

    @cache
    def later(stage: str) -> frozenset[str]:
        readers = [other for other in needed if not {*outputs[stage]}.isdisjoint(inputs[other])]
        return frozenset(outputs[stage]).union(*map(later, readers))

    return [_Step(inputs[stage], outputs[stage], list(later(stage))) for stage in needed]


def _inputs(graph: Graph, stage: Stage, commented: bool) -> list[str]:
    templates = [*stage.inputs.values(), *(stage.commented.values() if commented else ())]
    paths = [graph.paths(template) for template in templates]
    return [path for some in paths for path in ([some] if isinstance(some, str) else some)]


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

    def state(self, video: str, steps: list[_Step]) -> Hashable:
        """Equal for two videos where nothing but their names tells them apart."""
        times = {
            path: self._times(path.replace(_OPEN, video))
            if _OPEN in path
            else self._shared_times(path)
            for path in {path for step in steps for path in (*step.inputs, *step.outputs)}
        }
        return tuple(self._of_step(video, step, times) for step in steps)

    def _of_step(self, video: str, step: _Step, times: dict[str, _Times | None]) -> Hashable:
        files = [path.replace(_OPEN, video) for path in step.outputs]
        records = [self._records._read_record(file) for file in files]
        marked = self._records._filter_incomplete_keys(files)
        inputs = {path: read for path in step.inputs if (read := times[path])}
        later = {path: made for path in step.later if (made := times[path])}
        newer = {(i, o) for i in inputs for o in later if inputs[i].read > later[o].made}
        same = {i for i, _ in newer if self._is_same(i.replace(_OPEN, video), records)}
        return (
            frozenset([*inputs, *later]),
            frozenset((i, o) for i, o in newer if i not in same),
            tuple(_nameless(record, video) for record in records),
            tuple(file in marked for file in files),
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


def _nameless(record: Any, video: str) -> Hashable:
    """What makes Snakemake rerun a job, without the name of the video."""
    if record is None:
        return None
    own = f"{video}/"
    inputs = sorted(
        _OPEN + path.removeprefix(video) if path.startswith(own) else path
        for path in record.input or ()
    )
    params = tuple(record.params or ())
    return record.record_format_version, tuple(inputs), params, record.software_stack_hash
