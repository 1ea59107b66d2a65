"""kill -9 anywhere, run again: the result equals an undisturbed run."""

from collections.abc import Callable
from pathlib import Path

import pytest

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
