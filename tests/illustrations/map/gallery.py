"""A small collection with tags, scores and domains, and the driver as a user starts it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import yaml
from PIL import Image, ImageDraw

from pipeline.labels.labels_file import write_labels_file
from pipeline.labels.record import Label
from tests.engine.project import Project
from tests.networks import tiny_onnx

SIZE = 32
NAME = "animals"
COUNT = 60
COLORS = {"猫": (220, 60, 40), "犬": (40, 160, 60), "<b>鳥</b>": (50, 80, 220)}
SCORED = 40  # pictures with a score


class Gallery(Project):
    """A user's folder with pictures of animals, told by their colour, in two folders."""

    @property
    def pictures(self) -> Path:
        return self.folder / NAME

    @property
    def made_of_it(self) -> Path:
        return self.workdir / NAME

    def write_settings(self, **changes: dict[str, object]) -> None:
        settings: dict[str, object] = {
            "frames": {"size": SIZE},
            "features": {"backbone": str(self.network), "taps": ["grid", "vector"], "batch": 1},
            "illustrations": {"map": {"poster_pixels": 600}},
        }
        self.config.write_text(yaml.safe_dump(settings | changes, allow_unicode=True))

    def map(self, *more: str) -> str:
        """What `make illustrations-map` says, which must succeed."""
        return self.made("illustrations-map", "--pictures", str(self.pictures), *more)


def animal(number: int) -> str:
    """What the picture of a number shows."""
    return list(COLORS)[number % len(COLORS)]


def name_of(number: int) -> str:
    """Even ones lie in one folder, odd ones in the other."""
    return f"{('day', 'night')[number % 2]}/{number:03}.png"


def number_in(name: str) -> int:
    """The number of the picture with a name."""
    return int(Path(name).stem)


def new_gallery(folder: Path) -> Gallery:
    """Pictures with labels beside them; nothing made of them yet."""
    folder.mkdir(parents=True, exist_ok=True)
    project = Gallery(folder, folder / "tiny.onnx")
    tiny_onnx(project.network, SIZE)
    labels = []
    for number in range(COUNT):
        path = project.pictures / name_of(number)
        path.parent.mkdir(parents=True, exist_ok=True)
        _draw(path, number)
        labels.append(Label(picture=name_of(number), kind="tag", value=animal(number)))
        labels.append(Label(picture=name_of(number), kind="tag", value="動物"))
        if number < SCORED:
            labels.append(Label(picture=name_of(number), kind="score", weight=1 + number % 5))
    write_labels_file(project.pictures / "labels.jsonl", labels)
    project.write_settings()
    return project


def _draw(path: Path, number: int) -> None:
    draws = np.random.default_rng(number)
    image = Image.new("RGB", (48, 36), tuple(draws.integers(230, 256, 3).tolist()))
    x, y = draws.integers(0, 20, 2).tolist()
    ImageDraw.Draw(image).ellipse((x, y, x + 26, y + 16), COLORS[animal(number)])
    image.save(path)
