from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fetching.site import Site, cookies_file, make_stream, serving


@pytest.fixture(scope="session")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stream")
    make_stream(folder)
    return folder


@pytest.fixture
def account(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cookies file of someone who is logged in."""
    path = cookies_file(tmp_path_factory.mktemp("account") / "cookies.txt")
    monkeypatch.setenv("YAJIUMA_COOKIES", str(path))
    return path


@pytest.fixture(autouse=True)
def no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor that of whoever runs the tests."""
    for name in ("COOKIES", "NETRC", "USER", "PASSWORD"):
        monkeypatch.delenv(f"YAJIUMA_{name}", raising=False)


@pytest.fixture
def site(stream: Path) -> Iterator[Site]:
    with serving(Site(stream)) as site:
        yield site
