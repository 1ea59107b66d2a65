"""One made-up report for all tests of pages."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.danmaku.sections.watch.content import Player
from tests.danmaku.sections import made_up


@pytest.fixture(scope="session")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_up.write_video(tmp_path_factory.mktemp("video"))


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory, video: Path) -> Path:
    """The folder of an ordinary report."""
    folder = tmp_path_factory.mktemp("report")
    made_up.write_report(folder, made_up.ordinary(), video)
    return folder


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Writes a report of a player's content, without a video; returns its folder."""

    def write(content: Player | None, video: Path | None = None) -> Path:
        made_up.write_report(tmp_path, content, video)
        return tmp_path

    return write
