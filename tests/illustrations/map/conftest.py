"""A collection with its map."""

import pytest

from tests.conftest import MakeOnce
from tests.illustrations.map.gallery import Gallery, new_gallery


@pytest.fixture(scope="session")
def mapped(make_once: MakeOnce) -> Gallery:
    """A collection that has been through `make illustrations-map`; to be read."""
    folder = make_once("gallery", lambda folder: new_gallery(folder).map())
    return Gallery(folder, folder / "tiny.onnx")
