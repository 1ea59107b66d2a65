"""A collection that was clustered: things of three colours in two folders, and a few odd ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image, ImageDraw

from tests.conftest import MakeOnce
from tests.engine.project import Project
from tests.networks import tiny_onnx

SIZE = 32
COUNT = 48
COLORS = ((220, 60, 40), (40, 160, 60), (50, 80, 220))
ODD = 8  # in the first folder, though they look like those of the second


class Album(Project):
    """A user's folder with warm and cold things."""

    @property
    def pictures(self) -> Path:
        return self.folder / "album"

    @property
    def item(self) -> Path:
        return self.workdir / "album"

    def write_settings(self, **changes: object) -> None:
        settings = {
            "frames": {"size": SIZE},
            "features": {"backbone": str(self.network), "taps": ["grid", "vector"], "batch": 1},
            "clusters": {"k": 3},
        }
        self.config.write_text(yaml.safe_dump(settings | changes))


def new_album(folder: Path) -> Album:
    """Pictures in folders; nothing made of them yet."""
    folder.mkdir(parents=True, exist_ok=True)
    album = Album(folder, folder / "tiny.onnx")
    tiny_onnx(album.network, SIZE)
    for number in range(COUNT + ODD):
        is_odd = number >= COUNT
        color = 2 if is_odd else number % 3
        domain = "cold" if color == 2 and not is_odd else "warm"
        path = album.pictures / domain / f"{number:03}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        _draw(path, number, COLORS[color])
    (album.pictures / "warm" / "000b.png").write_bytes(
        (album.pictures / "warm" / "000.png").read_bytes()
    )
    album.write_settings()
    return album


def _draw(path: Path, number: int, color: tuple[int, int, int]) -> None:
    draws = np.random.default_rng(number)
    image = Image.new("RGB", (48, 36), tuple(draws.integers(200, 256, 3).tolist()))
    x, y = draws.integers(0, 20, 2).tolist()
    ImageDraw.Draw(image).ellipse((x, y, x + 26, y + 16), color)
    image.save(path)


@pytest.fixture(scope="session")
def clustered(make_once: MakeOnce) -> Album:
    """An album that has been through `make clusters`; to be read."""

    def make(folder: Path) -> None:
        new_album(folder).made("clusters", "--pictures", str(folder / "album"))

    folder = make_once("clustered", make)
    return Album(folder, folder / "tiny.onnx")
