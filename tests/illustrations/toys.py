"""Collections that could have been computed: things in styles, whose features know their tags."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pipeline.labels.labels_file import write_labels_file
from pipeline.labels.record import Label
from pipeline.pictures.features_file import building_features
from pipeline.pictures.frames_file import COLOURS, write_still_frames
from pipeline.pictures.near_duplicates import GRID, block_colours
from pipeline.pictures.row_store import KEY, Column, RowStore

STYLES = ("flat", "round", "thick")
TAGS = ("animal", "red", "small", "noise")
"""The features know all but the last, which is by chance."""
SIDE, CHANNELS, POSITIONS = 16, 8, 4


def thing_tags(things: int, seed: int = 0) -> np.ndarray:
    """(things, 4) which tags hold."""
    return np.random.default_rng([seed, things]).random((things, len(TAGS))) < 0.4


def write_collection(
    folder: Path, things: int, *, tagged: int | None = None, seed: int = 0
) -> Path:
    """Write frames.h5, features.h5 and labels.jsonl; ``tagged`` is how many things have labels."""
    folder.mkdir(parents=True, exist_ok=True)
    draws = np.random.default_rng(seed)
    names = [f"{style}/{thing:03}.png" for style in STYLES for thing in range(things)]
    holds = np.tile(thing_tags(things, seed), (len(STYLES), 1))
    pictures = draws.integers(0, 256, (len(names), SIDE, SIDE, 3)).astype(np.uint8)
    columns = {
        "pictures": Column(np.uint8, (SIDE, SIDE, 3)),
        COLOURS: Column(np.uint8, (GRID, GRID, 3)),
    }
    keys = draws.integers(0, 256, (len(names), 16)).astype(np.uint8)
    with RowStore(folder / "frames.rows.h5", columns, {}) as store:
        store.reserve(len(names))
        colours = np.stack([block_colours(picture) for picture in pictures])
        store.append({"pictures": pictures, KEY: keys, COLOURS: colours})
        write_still_frames(
            folder / "frames.h5",
            store,
            names=names,
            rows=range(len(names)),
            shapes=[(SIDE, SIDE)] * len(names),
            refused={},
            fingerprint=f"{things} things",
        )
    known = (holds[:, :-1] @ draws.normal(size=(len(TAGS) - 1, CHANNELS))) ** 2
    attributes = {"backbone": "toy", "weights": "toy weights"}
    shapes = {"grid": (POSITIONS, CHANNELS), "vector": (CHANNELS,)}
    with building_features(folder / "features.h5", len(names), shapes, attributes) as built:
        noisy = known + 0.3 * draws.normal(size=known.shape)
        grid = np.repeat(draws.normal(size=known.shape)[:, None], POSITIONS, 1)
        built.append({"grid": grid.astype(np.float16), "vector": noisy.astype(np.float16)})
    labels = [
        Label(picture=name, kind="tag", value=TAGS[tag])
        for name, row in zip(names, holds, strict=True)
        for tag in np.flatnonzero(row)
        if tagged is None or int(name[-7:-4]) < tagged
    ]
    write_labels_file(folder / "labels.jsonl", labels)
    return folder
