"""Small collections as stages leave them."""

from fractions import Fraction
from pathlib import Path

import numpy as np

from pipeline.engine.stage import Files
from pipeline.illustrations.search.collection import Collection
from pipeline.pictures.frames_file import COLOURS, write_still_frames, writing_frames
from pipeline.pictures.near_duplicates import GRID
from pipeline.pictures.row_store import KEY, KEY_BYTES, Column, RowStore
from pipeline.runtime.arrays import Floats, Int64s
from stages.illustrations import vectors
from tests.captioning.conftest import features_file

SIZE = 8


def stills(
    folder: Path, names: list[str], values: Floats, rows: Int64s | None = None
) -> Collection:
    """Stills called ``names`` with these values (rows, c) of a vector."""
    rows = np.arange(len(names)) if rows is None else rows
    folder.mkdir(parents=True)
    count = len(values)
    sides = {"pictures": SIZE, COLOURS: GRID}
    columns = {name: Column(np.uint8, (side, side, 3)) for name, side in sides.items()}
    with RowStore(folder / "frames.rows.h5", columns, {}) as store:
        store.reserve(count)
        keys = np.arange(count * KEY_BYTES, dtype=np.uint8).reshape(count, KEY_BYTES)
        black = {n: np.zeros((count, side, side, 3), np.uint8) for n, side in sides.items()}
        store.append({KEY: keys, **black})
        write_still_frames(
            folder / "frames.h5",
            store,
            names=names,
            rows=rows.tolist(),
            shapes=[(20, 10)] * len(names),
            refused={},
            fingerprint="0",
        )
    return _compared(folder, values)


def video(folder: Path, scenes: list[int], values: Floats) -> Collection:
    """A video of a picture a second; ``scenes`` says how many are in each scene."""
    folder.mkdir(parents=True)
    begins = np.cumsum([0, *scenes]).tolist()
    with writing_frames(folder / "frames.h5", SIZE, fingerprint="0", width=20, height=10) as writer:
        for number in range(len(values)):
            picture = np.full((SIZE, SIZE, 3), number, np.uint8)
            writer.add(number, Fraction(1), picture, begins_scene=number in begins)
    return _compared(folder, values)


def _compared(folder: Path, values: Floats) -> Collection:
    features_file(folder / "features.h5", vector=values)
    inputs = {name: [folder / f"{name}.h5"] for name in ("frames", "features")}
    outputs = {"vectors": [folder / "vectors.npz"]}
    vectors.run(Files(inputs), Files(outputs), vectors.Config(whiten=False))
    return Collection.load(folder)
