from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fetching.site import Site, make_stream, serving

pytest.importorskip("yt_dlp")


@pytest.fixture(scope="session")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stream")
    make_stream(folder)
    return folder


@pytest.fixture
def site(stream: Path) -> Iterator[Site]:
    with serving(Site(stream)) as site:
        yield site
