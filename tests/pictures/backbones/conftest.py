from typing import Any

import pytest
import torch
from torch import nn

from pipeline.pictures.backbones.torchvision_on_cpu import models


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
