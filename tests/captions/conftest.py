"""The fonts that these tests make, a small world of captions, and albums on disk."""

import shutil
from pathlib import Path

import pytest

from tests.captioning.conftest import on_the_cpu
from tests.captions import toys
from tests.captions.albums import Albums, new_albums
from tests.conftest import MakeOnce
from tests.fonts import emoji_font, installed

__all__ = ["emoji_font", "installed", "on_the_cpu"]


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> toys.World:
    return toys.make_world(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="session")
def finished(make_once: MakeOnce) -> Albums:
    """Albums of which one has been through `make captions`; to be read or copied."""

    def fill(folder: Path) -> None:
        new_albums(folder).of("captions")

    folder = make_once("albums", fill)
    return Albums(folder, folder / "tiny.onnx")


@pytest.fixture
def albums(finished: Albums, tmp_path: Path) -> Albums:
    """The same for this test alone; its next run learns that the pictures moved along."""
    folder = tmp_path / "copy"
    shutil.copytree(finished.folder, folder)
    copy = Albums(folder, finished.network)
    copy.write_settings()
    return copy
