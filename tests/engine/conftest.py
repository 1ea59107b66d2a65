import os
from pathlib import Path

import pytest

from tests.conftest import MakeOnce
from tests.engine.project import Project, new_project, project_in

WATCH = Path(__file__).parent / "watch"


class Watched(Project):
    """Notes in unpickled.txt what its processes unpickle."""

    def environment(self) -> dict[str, str]:
        plain = super().environment()
        path = os.pathsep.join([str(WATCH), plain["PYTHONPATH"]])
        return plain | {"PYTHONPATH": path, "UNPICKLED": str(self.folder / "unpickled.txt")}


@pytest.fixture(scope="session")
def untouched(make_once: MakeOnce) -> Project:
    """A project in which nothing ran yet; to be read or copied."""
    return project_in(make_once("untouched", new_project))


@pytest.fixture(scope="session")
def finished(untouched: Project, make_once: MakeOnce) -> Project:
    """A project after an undisturbed `make render report`; to be read or copied."""

    def finish(folder: Path) -> None:
        untouched.copy_to(folder)
        Watched(folder, untouched.network, forks=False).made("render", "report")

    return Project(make_once("finished", finish), untouched.network)


@pytest.fixture
def project(finished: Project, tmp_path: Path) -> Project:
    """A finished project of this test's own; its next plan learns that the videos moved along."""
    return finished.copy_to(tmp_path / "project")
