"""The driver, with every single video put before the engine: `directly ask plan …`.

`directly finish plan …` writes every file of the graph and has the engine note it as made, for
states that would take thousands of processes to reach.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

from pipeline.__main__ import main


async def _finish(dag: Any) -> None:
    dag.workflow.iocache.deactivate()
    for number, job in enumerate(job for level in dag.toposorted() for job in level):
        dag._jobid.setdefault(job, number)
        for file in map(Path, job.output):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(file.name)
        await dag.workflow.persistence.finished(job)


def _finish_what_is_planned() -> None:
    import snakemake.api  # noqa: F401, its modules import each other in a circle
    from snakemake.dag import DAG

    begin = DAG.init

    async def init(dag: Any, progress: bool = False) -> None:
        await begin(dag, progress)
        await _finish(dag)

    DAG.init = init


if __name__ == "__main__":
    if sys.argv.pop(1) == "finish":
        _finish_what_is_planned()
    with patch(
        "pipeline.engine.driver.plan_by_kinds", lambda workdir, graph, targets, ask: ask(targets)
    ):
        sys.exit(main())
