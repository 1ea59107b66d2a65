"""Several drivers in one working folder: refused or queued, and nothing done twice or torn."""

from pathlib import Path

import pytest

from tests.chaos.crowd import Crowd, problems
from tests.engine.project import ANNOTATE, TRAIN, Project


@pytest.mark.parametrize("kind", ["same", "overlapping", "disjoint"])
def test_drivers_started_at_once(
    untouched: Project, finished: Project, tmp_path: Path, kind: str
) -> None:
    project = untouched.copy_to(tmp_path)
    asked = {
        "same": [["align"], ["align", "--wait"], ["align"], ["align", "--wait"]],
        "overlapping": [["align"], ["comments", "--video", TRAIN], ["frames", "--wait"]],
        "disjoint": [["align", "--video", TRAIN], ["align", "--video", ANNOTATE]],
    }[kind]
    crowd = Crowd("align", asked, disjoint=kind == "disjoint")
    assert not list(problems(project, crowd, finished.results()))
