"""Outputs that somebody edited or deleted by hand after a stage wrote them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from pipeline.engine.graph import Graph
from pipeline.engine.snakemake import Job
from pipeline.engine.stage import ITEM, Stage
from pipeline.engine.stage_record import last_record
from pipeline.runtime.file_digest import sha256


def edited_outputs(
    workdir: Path, graph: Graph, jobs: Iterable[Job]
) -> dict[tuple[str, str], list[str]]:
    """The edited files that ``jobs`` would replace: paths by stage and folder."""
    editable = {stage.name for stage in graph.stages() if stage.editable}
    edited: dict[tuple[str, str], list[str]] = {}
    for job in jobs:
        home = graph.home(job.stage, job.folder)
        logs = workdir / home / "logs"
        record = last_record(logs, job.stage, 0) if job.stage in editable else None
        for name, digest in (record.digests if record else {}).items():
            if _differs(workdir / home / name, digest):
                edited.setdefault((job.stage, job.folder), []).append(f"{home}/{name}")
    return edited


def deleted_outputs(
    workdir: Path, graph: Graph, wanted: Iterable[Stage], items: Collection[str]
) -> list[str]:
    """Files of ``items`` that may be edited, are behind the ``wanted`` stages, and are gone.

    The engine does not miss them where what was made of them is still there.
    """
    return [
        path
        for stage in graph.behind(wanted)
        if stage.editable
        for item in items
        if last_record(workdir / graph.home(stage.name, item) / "logs", stage.name, 0)
        for name in stage.editable
        if not (workdir / (path := graph.outputs(stage, item)[name].replace(ITEM, item))).exists()
    ]


def _differs(path: Path, digest: str) -> bool:
    return path.exists() and sha256(path) != digest
