"""kill -9 anywhere, run again: the result equals an undisturbed run."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.runtime.errors import ExitCode
from tests.engine.project import ANNOTATE, MODEL, Project

LEARNING = "models/danmaku/tiny/.checkpoint.safetensors"
MOMENTS = {
    "features are computed": "nekomachi-0*/.features.h5.partial",
    "the model learns": LEARNING,
    "the report is filled": "nekomachi-02/.report.*.tmp/episode.mp4",
    "the video is encoded": "nekomachi-02/.annotated.mp4.*.tmp",
}


def _files(project: Project, folder: str) -> dict[str, bytes]:
    """All of an annotated video's files in a folder but the page, which tells of times."""
    root = project.workdir / ANNOTATE / folder
    files = [path for path in root.rglob("*.*") if path.name != "index.html"]
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


def _appears(project: Project, pattern: str) -> Callable[[], bool]:
    return lambda: any(project.workdir.glob(pattern))


@pytest.mark.parametrize("stages_too", [True, False], ids=["all", "driver alone"])
def test_a_run_killed_again_and_again_comes_to_the_same_result(
    untouched: Project, finished: Project, tmp_path: Path, stages_too: bool
) -> None:
    project = untouched.copy_to(tmp_path)
    left = {doing: _appears(project, pattern) for doing, pattern in MOMENTS.items()}
    while left:  # in whatever order they come
        come: list[str] = []

        def moment() -> bool:
            come[:] = [doing for doing, appears in left.items() if appears()]  # noqa: B023
            return bool(come)  # noqa: B023

        killed = project.kill_when(moment, "render", "report", stages_too=stages_too)
        assert killed, f"the run ended before {' and '.join(left)}"
        del left[come[0]]
    project.made("render", "report")
    assert project.results() == finished.results()
    assert _files(project, "report") == _files(finished, "report")
    leftovers = [*project.workdir.rglob(".*.tmp"), *project.workdir.rglob(".*.partial")]
    assert not leftovers


def test_an_interrupted_run_says_so_and_goes_on(
    untouched: Project, finished: Project, tmp_path: Path
) -> None:
    project = untouched.copy_to(tmp_path)
    process = project.started("train")
    learning = _appears(project, LEARNING)
    while not learning():
        assert process.poll() is None
        time.sleep(0.001)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal's Ctrl-C does
    said = process.communicate(timeout=60)[1]
    assert process.returncode == ExitCode.INTERRUPTED, said
    assert "run again" in said
    assert "Traceback" not in said
    project.made("train")
    model = f"models/danmaku/{MODEL}/model.safetensors"
    assert (project.workdir / model).read_bytes() == finished.results()[model]
