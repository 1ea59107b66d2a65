from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from torch import nn

from pipeline.pictures.backbones.torchvision_on_cpu import models
from pipeline.pictures.features_file import building_features

GRID = (4, 6)
"""Positions and channels of the toy features."""


@pytest.fixture(autouse=True)
def on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YAJIUMA_DEVICE", "cpu")


@pytest.fixture
def tiny_vgg19(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let torchvision build VGG-19 with 3 channels a layer: quick, and of the same form."""

    def build(name: str, weights: None = None) -> nn.Module:
        plan: list[int | str] = []
        for convolutions in (2, 2, 4, 4, 4):
            plan += [*[3] * convolutions, "M"]
        layers = models.vgg.make_layers(plan)
        with torch.device("meta"):  # its classifier of full size is replaced
            network: Any = models.VGG(layers, init_weights=False)
        network.classifier = nn.Sequential(
            *(nn.Linear(3 * 7 * 7, 5), nn.ReLU(True), nn.Dropout()),
            *(nn.Linear(5, 5), nn.ReLU(True), nn.Dropout(), nn.Linear(5, 2)),
        )
        built: nn.Module = network
        return built

    monkeypatch.setattr(models, "get_model", build)


def features_file(path: Path, **taps: npt.NDArray[Any]) -> Path:
    """A finished store with these rows."""
    shapes: Mapping[str, tuple[int, ...]] = {name: rows.shape[1:] for name, rows in taps.items()}
    count = len(next(iter(taps.values())))
    attributes = {"backbone": "toy", "weights": "none"}
    with building_features(path, count, shapes, attributes) as store:
        store.append({name: rows.astype(np.float16) for name, rows in taps.items()})
    return path
