import os
from pathlib import Path

import pytest

from tests.graph.project import Project, new_project

WATCH = Path(__file__).parent / "watch"


class Watched(Project):
    """Notes in unpickled.txt what its processes unpickle."""

    def environment(self) -> dict[str, str]:
        plain = super().environment()
        path = os.pathsep.join([str(WATCH), plain["PYTHONPATH"]])
        return plain | {"PYTHONPATH": path, "UNPICKLED": str(self.folder / "unpickled.txt")}


@pytest.fixture(scope="session")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project in which nothing ran yet; to be copied."""
    return new_project(tmp_path_factory.mktemp("untouched"))


@pytest.fixture(scope="session")
def finished(untouched: Project, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project after an undisturbed `make render report`; to be read or copied."""
    project = untouched.copy_to(tmp_path_factory.mktemp("finished"))
    Watched(project.folder, project.network).made("render", "report")
    return project


@pytest.fixture
def project(finished: Project, tmp_path: Path) -> Project:
    """A finished project of this test's own."""
    copy = finished.copy_to(tmp_path / "project")
    copy.made("plan")  # learns that the videos moved along
    return copy
