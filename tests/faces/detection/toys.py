"""A small album whose faces are orange squares, and its files in a working folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from pipeline.engine.stage import Files
from pipeline.faces.detection.settings import (
    AugmentationSettings,
    DetectorSchedule,
    NetworkSettings,
)
from pipeline.labels.labels_file import write_labels_file
from pipeline.labels.record import Label
from pipeline.media.picture_folder import PictureFolder
from pipeline.sources.pointers import StillsSource
from stages.faces import train
from stages.pictures import frames

WIDTH, HEIGHT = 96, 64
CONFIG = train.Config(
    network=NetworkSettings(size=64, channels=32, convolutions=1, weights="random"),
    augmentation=AugmentationSettings(smallest=1.0, largest=1.0),
    schedule=DetectorSchedule(batch=2, epochs=2, pieces=4),
)


def square(number: int) -> tuple[int, int, int, int]:
    """The face on a picture; each third has none, which has no area then."""
    left, top = np.random.default_rng(number).integers(0, (WIDTH - 30, HEIGHT - 30)).tolist()
    side = 0 if number % 3 == 2 else 30
    return left, top, left + side, top + side


def write_album(folder: Path, count: int = 6, equal: int = 0) -> Path:
    """Pictures ``0.png`` …, the last ``equal`` of them like the first; returns their folder."""
    album = folder / "album"
    album.mkdir(parents=True)
    for number in range(count):
        pixels = np.full((HEIGHT, WIDTH, 3), (40, 60, 10 * number), np.uint8)
        shown = 0 if number >= count - equal else number
        pixels[..., 2] = 10 * shown
        left, top, right, bottom = square(shown)
        pixels[top:bottom, left:right] = (250, 150, 30)
        Image.fromarray(pixels).save(album / f"{number}.png")
    return album


def gathered(folder: Path, **settings: int) -> dict[str, list[Path]]:
    """A working folder of an album in ``folder``: its inputs for stages."""
    album = write_album(folder, **settings)
    made = folder / "made"
    made.mkdir()
    stills = PictureFolder.open(album)
    pointer = made / "source.stills.json"
    StillsSource(str(stills.path), stills.fingerprint, list(stills.files)).save(pointer)
    given, target = Files({"source": [], "stills": [pointer]}), made / "frames.h5"
    frames.run(given, Files({"frames": [target]}), frames.Config(size=32))
    return {"stills": [pointer], "source": [], "frames": [target], "labels": [], "detector": []}


def truths(numbers: range) -> list[Label]:
    """What a person says of some pictures."""
    return [
        Label(
            picture=f"{number}.png",
            kind="box",
            value="face" if number % 3 != 2 else "",
            box=square(number) if number % 3 != 2 else None,
        )
        for number in numbers
    ]


def write_labels(inputs: dict[str, list[Path]], labels: list[Label]) -> None:
    """Lay what people say beside the other inputs."""
    path = inputs["frames"][0].with_name("labels.jsonl")
    write_labels_file(path, labels)
    inputs["labels"] = [path]
