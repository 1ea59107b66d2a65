"""Small albums with captions, settings for them, and the driver as a user starts it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import yaml
from PIL import Image, ImageDraw

from tests.engine.project import Project
from tests.networks import tiny_onnx

SIZE = 32
ALBUM, OTHER = "animals", "more"
COLORS = {"猫": (220, 60, 40), "犬": (40, 160, 60), "鳥": (50, 80, 220), "魚": (230, 200, 40)}
_DOING = ["が寝る", "が走る", "が食べる", "が笑う", "が飛ぶ"]


class Albums(Project):
    """A user's folder with two albums: an animal a picture, told by its colour."""

    @property
    def album(self) -> Path:
        return self.folder / ALBUM

    @property
    def other(self) -> Path:
        return self.folder / OTHER

    def write_settings(self, **changes: dict[str, object]) -> None:
        settings: dict[str, object] = {
            "frames": {"size": SIZE},
            "features": {"backbone": str(self.network), "taps": ["grid", "vector"], "batch": 1},
            "captions": {
                "texts": {"held_out": {"share": 0.5}},
                "train": {
                    "captioner": {"size": 16},
                    "schedule": {"batch": 16, "epochs": 6, "learning_rate": 0.01},
                },
                "write": {"candidates": 4, "keep": 3},
            },
        }
        self.config.write_text(yaml.safe_dump(settings | changes, allow_unicode=True))

    def of(self, verb: str, *more: str) -> str:
        """What a verb about the album says, which must succeed."""
        return self.made(verb, "--pictures", str(self.album), *more)

    @property
    def made_of_album(self) -> Path:
        return self.workdir / ALBUM

    def model(self, name: str = "default") -> dict[str, bytes]:
        """The files of a model."""
        folder = self.workdir / "models" / "captions" / name
        return {file.name: file.read_bytes() for file in folder.glob("*.*")}


def new_albums(folder: Path) -> Albums:
    """Sixty-four pictures with two rated captions each, and four more without any."""
    folder.mkdir(parents=True, exist_ok=True)
    project = Albums(folder, folder / "tiny.onnx")
    tiny_onnx(project.network, SIZE)
    rows = ["image,caption,star"]
    for name in _draw(project.album, 64, seed=0):
        draws = np.random.default_rng(int(name[:3]))
        for doing in draws.choice(len(_DOING), 2, replace=False).tolist():
            stars = 10**doing
            rows.append(f"{name},{_animal(name)}{_DOING[doing]},{stars}")
    (project.album / "captions.csv").write_text("\n".join(rows), "utf-8")
    _draw(project.other, 4, seed=1)
    project.write_settings()
    return project


def _animal(name: str) -> str:
    return list(COLORS)[int(name[:3]) % len(COLORS)]


def _draw(folder: Path, count: int, seed: int) -> list[str]:
    """Write pictures, each a coloured ellipse somewhere; return their names."""
    folder.mkdir()
    names = [f"{number:03}.png" for number in range(count)]
    for number, name in enumerate(names):
        draws = np.random.default_rng([seed, number])
        image = Image.new("RGB", (48, 36), tuple(draws.integers(200, 256, 3).tolist()))
        x, y = draws.integers(0, 20, 2).tolist()
        ImageDraw.Draw(image).ellipse((x, y, x + 26, y + 16), COLORS[_animal(name)])
        image.save(folder / name)
    return names
