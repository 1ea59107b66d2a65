from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from pipeline.pictures.features_file import building_features

GRID = (4, 6)
"""Positions and channels of the toy features."""


@pytest.fixture(autouse=True)
def on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YAJIUMA_DEVICE", "cpu")


def features_file(path: Path, **taps: npt.NDArray[Any]) -> Path:
    """A finished store with these rows."""
    shapes: Mapping[str, tuple[int, ...]] = {name: rows.shape[1:] for name, rows in taps.items()}
    count = len(next(iter(taps.values())))
    attributes = {"backbone": "toy", "weights": "none"}
    with building_features(path, count, shapes, attributes) as store:
        store.append({name: rows.astype(np.float16) for name, rows in taps.items()})
    return path
