"""Outputs that somebody edited by hand after a stage wrote them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipeline.engine.graph import Graph
from pipeline.engine.snakemake import Job
from pipeline.engine.stage_record import last_record
from pipeline.runtime.file_digest import sha256


def edited_outputs(
    workdir: Path, graph: Graph, jobs: Iterable[Job]
) -> dict[tuple[str, str], list[str]]:
    """The edited files that ``jobs`` would replace: paths by stage and folder."""
    editable = {stage.name for stage in graph.stages() if stage.editable}
    edited: dict[tuple[str, str], list[str]] = {}
    for job in jobs:
        folder = workdir / job.folder
        record = last_record(folder / "logs", job.stage, 0) if job.stage in editable else None
        for name, digest in (record.digests if record else {}).items():
            if _differs(folder / name, digest):
                edited.setdefault((job.stage, job.folder), []).append(f"{job.folder}/{name}")
    return edited


def _differs(path: Path, digest: str) -> bool:
    return path.exists() and sha256(path) != digest
