from pathlib import Path

import pytest

from pipeline.show.episode import make_episode
from pipeline.show.spec import EpisodeSpec

SMALL = EpisodeSpec(seconds=5.5, width=96, height=54, comment_rate=40)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the small episode in it; tests leave it as it is."""
    path = tmp_path_factory.mktemp("show")
    make_episode(path, SMALL)
    return path
