"""kill -9 anywhere, run again: the result equals an undisturbed run."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import ExitCode
from tests.graph.project import Project

MOMENTS = {
    "while features are computed": "nekomachi-0*/.features.h5.partial",
    "while the model learns": "models/tiny/.checkpoint.safetensors",
    "while the video is encoded": "nekomachi-02/.annotated.mp4.*.tmp",
}


def _appears(project: Project, pattern: str) -> Callable[[], bool]:
    return lambda: any(project.workdir.glob(pattern))


@pytest.mark.parametrize("pattern", MOMENTS.values(), ids=MOMENTS)
@pytest.mark.parametrize("stages_too", [True, False], ids=["all", "driver alone"])
def test_a_killed_run_goes_on_to_the_same_result(
    untouched: Project, finished: Project, tmp_path: Path, pattern: str, stages_too: bool
) -> None:
    project = untouched.copy_to(tmp_path)
    assert project.kill_when("report", _appears(project, pattern), stages_too=stages_too)
    project.made("report")
    assert project.results() == finished.results()
    leftovers = [*project.workdir.rglob(".*.tmp"), *project.workdir.rglob(".*.partial")]
    assert not leftovers


def test_an_interrupted_run_says_so_and_goes_on(
    untouched: Project, finished: Project, tmp_path: Path
) -> None:
    project = untouched.copy_to(tmp_path)
    process = subprocess.Popen(
        project.command("report"),
        cwd=project.code,
        env=project.environment(),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    learning = _appears(project, MOMENTS["while the model learns"])
    while not learning():
        assert process.poll() is None
        time.sleep(0.001)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal's Ctrl-C does
    said = process.communicate(timeout=60)[1]
    assert process.returncode == ExitCode.INTERRUPTED, said
    assert "run again" in said
    assert "Traceback" not in said
    project.made("report")
    assert project.results() == finished.results()
