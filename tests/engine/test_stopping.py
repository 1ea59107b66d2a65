"""Orders to stop at moments when no stage is at work."""

import signal
import time
from pathlib import Path

import pytest

from pipeline.runtime.errors import ExitCode
from tests.engine.project import Project


@pytest.mark.parametrize("order", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_still_planning_stops_in_good_order(
    untouched: Project, tmp_path: Path, order: signal.Signals
) -> None:
    project = untouched.copy_to(tmp_path)
    process = project.started("comments")
    while not list(project.workdir.glob(".graphs/*.json")):  # the engine is asked next
        assert process.poll() is None
        time.sleep(0.001)
    process.send_signal(order)
    said = process.communicate(timeout=30)[1]
    assert process.returncode == ExitCode.INTERRUPTED, said
    assert "interrupted; run again" in said
    assert "Traceback" not in said
