"""Outputs that somebody has edited by hand since a stage wrote them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipeline.engine import Job
from pipeline.fingerprint import sha256
from pipeline.graph import Graph
from pipeline.stage_record import last_record


def edited_outputs(
    workdir: Path, graph: Graph, jobs: Iterable[Job]
) -> dict[tuple[str, str], list[str]]:
    """The edited files that ``jobs`` would replace: paths by stage and folder."""
    editable = {stage.name: stage.editable for stage in graph.stages() if stage.editable}
    found: dict[tuple[str, str], list[str]] = {}
    for job in jobs:
        if job.stage in editable:
            record = last_record(workdir / job.of / "logs", job.stage, since_ns=0)
            digests = record.digests if record else {}
            edited = [
                name
                for name, digest in digests.items()
                if _differs(workdir / job.of / name, digest)
            ]
            if edited:
                found[job.stage, job.of] = [f"{job.of}/{name}" for name in edited]
    return found


def _differs(path: Path, digest: str) -> bool:
    return path.exists() and sha256(path) != digest
