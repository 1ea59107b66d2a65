from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pipeline.pictures.backbones import timm_networks
from pipeline.pictures.backbones.choice import Choice
from pipeline.pictures.backbones.registry import check_backbone, load_backbone
from pipeline.pictures.backbones.timm_networks import timm
from pipeline.runtime.errors import ExitCode, PipelineError

NETWORK = "resnet10t"
PICTURES = np.random.default_rng(5).integers(0, 256, (3, 64, 64, 3), np.uint8)


def choice(weights: str = "random", *taps: str) -> Choice:
    return Choice(f"timm:{NETWORK}", weights, taps or ("stride16", "pooled"), 64, 7, "float32")


def normal() -> torch.Tensor:
    config = timm.get_pretrained_cfg(NETWORK)
    values = (PICTURES / 255 - np.array(config.mean)) / np.array(config.std)
    return torch.tensor(values).float().permute(0, 3, 1, 2)


def test_taps_are_those_of_timms_own_features() -> None:
    torch.manual_seed(7)
    network = timm.create_model(NETWORK).eval()
    features = timm.create_model(NETWORK, features_only=True).eval()
    features.load_state_dict(network.state_dict(), strict=False)
    with torch.inference_mode():
        grids = dict(zip(features.feature_info.reduction(), features(normal()), strict=True))
        pooled = network.forward_head(network.forward_features(normal()), pre_logits=True)
        logits = network(normal())
    found = load_backbone(choice("random", "stride8", "stride16", "stage4", "pooled", "logits"))(
        PICTURES
    )
    for stride in (8, 16):
        wanted = grids[stride].flatten(2).mT.numpy()
        np.testing.assert_allclose(found[f"stride{stride}"], wanted, rtol=5e-3, atol=5e-3)
    np.testing.assert_allclose(found["pooled"], pooled.numpy(), rtol=5e-3, atol=5e-3)
    np.testing.assert_allclose(found["logits"], logits.numpy(), rtol=5e-3, atol=5e-3)
    assert found["stage4"].shape == (3, 4, 512)


@pytest.mark.parametrize("classes", [1000, 7])
@pytest.mark.parametrize("wrapped", [False, True])
def test_a_checkpoint_may_have_classes_of_its_own(
    tmp_path: Path, classes: int, wrapped: bool
) -> None:
    network = timm.create_model(NETWORK, num_classes=classes).eval()
    state = network.state_dict()
    path = tmp_path / "mine.pth"
    torch.save({"state_dict": state, "epoch": 3} if wrapped else state, path)
    found = load_backbone(choice(str(path), "logits"))
    assert found.weights.startswith("mine.pth sha256 ")
    with torch.inference_mode():
        wanted = network(normal()).numpy()
    np.testing.assert_allclose(found(PICTURES)["logits"], wanted, rtol=5e-3, atol=5e-3)


def test_weights_of_the_hub_are_known_by_their_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    def hub(name: str, size: int, pretrained: bool = False) -> Any:
        assert (name, pretrained) == (NETWORK, True)
        return timm.create_model(name)

    monkeypatch.setattr(timm_networks, "build_network", hub)
    torch.manual_seed(1)
    first = load_backbone(choice("imagenet")).weights
    torch.manual_seed(2)
    second = load_backbone(choice("imagenet")).weights
    assert first.startswith(f"imagenet {NETWORK}.")
    assert first != second


def test_a_hub_that_cannot_be_reached_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def hub(name: str, size: int, pretrained: bool = False) -> Any:
        raise FileNotFoundError("no way to the hub")

    monkeypatch.setattr(timm_networks, "build_network", hub)
    with pytest.raises(PipelineError, match="no way to the hub") as caught:
        check_backbone(choice("imagenet"))
    assert caught.value.code == ExitCode.WEIGHTS_UNAVAILABLE
    assert caught.value.may_pass


@pytest.mark.parametrize(
    ("name", "near"), [("resnet19", "resnet18"), ("resnet18.no_such_weights", "resnet18")]
)
def test_a_network_that_timm_lacks_is_refused(name: str, near: str) -> None:
    with pytest.raises(PipelineError, match="timm has no network") as caught:
        check_backbone(choice()._replace(name=f"timm:{name}"))
    assert caught.value.code == ExitCode.INVALID_SETTING
    assert near in caught.value.remedy
