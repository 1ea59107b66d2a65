"""Items that could have been computed: pictures with a face each, whose features know a taste."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pipeline.faces.crops.crops_file import Crop, write_crops
from pipeline.labels.crop_names import crop_name
from pipeline.labels.labels_file import write_labels_file
from pipeline.labels.record import Label
from pipeline.pictures.features_file import building_features
from pipeline.pictures.frames_file import COLOURS, write_still_frames
from pipeline.pictures.near_duplicates import GRID, block_colours
from pipeline.pictures.row_store import KEY, Column, RowStore

SIDE, CHANNELS, POSITIONS = 16, 6, 9
BOX = (2.0, 2.0, 12.0, 12.0)
FILES = {
    "frames": "frames.h5",
    "features": "features.h5",
    "crops": "faces/crops.jsonl",
    "crop_frames": "crops/frames.h5",
    "crop_features": "crops/features.h5",
    "labels": "labels.jsonl",
}


def write_item(
    folder: Path, faces: int, *, rated: int | None = None, seed: int = 0, mood: float = 0.3
) -> Path:
    """Write all that scores need; the middle of a crop's grid knows what the rater likes.

    The first ``rated`` faces have a score of 1 to 5, and the first 20 of them two.
    """
    draws = np.random.default_rng(seed)
    names = [f"artist-{face % 7}/{face:03}.png" for face in range(faces)]
    liking = draws.normal(size=faces)
    write_seen(folder, names, draws.normal(size=(faces, POSITIONS, CHANNELS)), draws)
    crops = [
        Crop(file=crop_name(name, 1, BOX), picture=name, frame=n, box=BOX, window=(0, 0, 14, 14))
        for n, name in enumerate(names)
    ]
    (folder / "faces").mkdir()
    write_crops(folder / "faces" / "crops.jsonl", crops)
    known = draws.normal(size=(faces, POSITIONS, CHANNELS))
    known[:, POSITIONS // 2, 0] = 2 * liking
    write_seen(folder / "crops", [crop.file for crop in crops], known, draws)
    labels = [
        Label(picture=names[face], kind="score", weight=float(stars), box=BOX)
        for day in (0, 1)
        for face, stars in enumerate(_stars(liking + mood * draws.normal(size=faces)))
        if face < (min(20, faces) if day else faces if rated is None else rated)
    ]
    write_labels_file(folder / "labels.jsonl", labels)
    return folder


def _stars(felt: np.ndarray) -> list[int]:
    return [int(star) for star in np.clip(np.round(3 + 1.3 * felt), 1, 5)]


def write_seen(
    folder: Path, names: list[str], grid: np.ndarray, draws: np.random.Generator
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    pictures = draws.integers(0, 256, (len(names), SIDE, SIDE, 3)).astype(np.uint8)
    keys = draws.integers(0, 256, (len(names), 16)).astype(np.uint8)
    colours = np.stack([block_colours(picture) for picture in pictures])
    columns = {
        "pictures": Column(np.uint8, (SIDE, SIDE, 3)),
        COLOURS: Column(np.uint8, (GRID, GRID, 3)),
    }
    with RowStore(folder / "frames.rows.h5", columns, {}) as store:
        store.reserve(len(names))
        store.append({"pictures": pictures, KEY: keys, COLOURS: colours})
        write_still_frames(
            folder / "frames.h5",
            store,
            names=names,
            rows=range(len(names)),
            shapes=[(SIDE, SIDE)] * len(names),
            refused={},
            fingerprint=f"{len(names)} faces",
        )
    attributes = {"backbone": "toy", "weights": "toy weights"}
    shapes = {"grid": (POSITIONS, CHANNELS)}
    with building_features(folder / "features.h5", len(names), shapes, attributes) as built:
        built.append({"grid": grid.astype(np.float16)})
