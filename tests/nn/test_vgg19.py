import urllib.error
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from pipeline.errors import ExitCode, PipelineError
from pipeline.nn.backbones.classifier import Classifier
from pipeline.nn.backbones.loading import load_backbone
from pipeline.nn.torchvision_on_cpu import models

SEED = 7  # of the weights; see the fixture
PICTURES = np.random.default_rng(3).integers(0, 256, (2, 224, 224, 3), np.uint8)


@pytest.fixture(scope="module")
def expected() -> dict[str, npt.NDArray[np.float32]]:
    """The taps by torchvision's own layers, counted from its model's definition."""
    torch.manual_seed(SEED)
    network = models.get_model("vgg19")
    network.eval()
    prepare = models.VGG19_Weights.IMAGENET1K_V1.transforms(crop_size=224, resize_size=224)
    values: Any = torch.stack([prepare(Image.fromarray(picture)) for picture in PICTURES])
    taps = {}
    rectified = 0
    with torch.inference_mode():
        for layer in network.features:
            values = layer(values)
            rectified += isinstance(layer, torch.nn.ReLU)
            # Blocks of 2, 2, 4, 4 and 4: the third of the fifth block.
            if isinstance(layer, torch.nn.ReLU) and rectified == 2 + 2 + 4 + 4 + 3:
                taps["conv5_3"] = values.clone().numpy()
        values = network.avgpool(values).flatten(1)
        for layer in network.classifier[:5]:
            values = layer(values)
        taps["relu7"] = values.numpy()
    return taps


def test_shapes_are_those_of_the_paper(vgg19: Classifier) -> None:
    assert vgg19.shapes == {"conv5_3": (196, 512), "relu7": (4096,)}
    assert (vgg19.name, vgg19.weights) == ("vgg19", "random seed 7")


def test_taps_are_torchvisions_own_values_behind_the_relu(
    vgg19: Classifier, expected: dict[str, npt.NDArray[np.float32]]
) -> None:
    taps = vgg19(PICTURES)
    grid = expected["conv5_3"].reshape(2, 512, 196).transpose(0, 2, 1)
    for found, wanted in ((taps["conv5_3"], grid), (taps["relu7"], expected["relu7"])):
        assert found.dtype == np.float16
        assert found.min() == 0 < found.max()
        np.testing.assert_allclose(found, wanted, rtol=2e-3, atol=1e-3 * wanted.max())


def test_positions_run_along_the_rows_of_the_picture(
    vgg19: Classifier,
) -> None:
    changed = PICTURES[:1].copy()
    changed[:, :32, 192:] = 255 - changed[:, :32, 192:]
    before, after = (vgg19(pictures)["conv5_3"].astype(int) for pictures in (PICTURES[:1], changed))
    difference = np.abs(after - before).sum((0, 2)).reshape(14, 14)
    assert difference[:7, 7:].sum() > 4 * difference[7:, :7].sum()


def test_each_picture_is_seen_alone(vgg19: Classifier) -> None:
    both, second = vgg19(PICTURES), vgg19(PICTURES[1:])
    np.testing.assert_allclose(both["relu7"][1], second["relu7"][0], rtol=2e-3, atol=1e-3)


@pytest.mark.usefixtures("tiny_vgg19")
def test_random_weights_are_a_function_of_the_seed() -> None:
    first, same, other = (
        load_backbone("vgg19", "random", ["relu7"], 224, seed)(PICTURES)["relu7"]
        for seed in (1, 1, 2)
    )
    assert np.array_equal(first, same)
    assert not np.array_equal(first, other)


@pytest.mark.usefixtures("tiny_vgg19")
@pytest.mark.parametrize("ending", [".pth", ".old.pth", ".safetensors"])
def test_weights_are_taken_from_a_file(tmp_path: Path, ending: str) -> None:
    """In today's form, and in that of torchvision's own file of 2017."""
    path = tmp_path / f"weights{ending}"
    torch.manual_seed(1)
    state = models.get_model("vgg19").state_dict()
    if ending == ".safetensors":
        save_file(state, path)
    else:
        torch.save(state, path, _use_new_zipfile_serialization=ending == ".pth")
    loaded = load_backbone("vgg19", str(path), ["conv5_3"], 224, 9)
    random = load_backbone("vgg19", "random", ["conv5_3"], 224, 1)
    assert loaded.weights.startswith(f"weights{ending} sha256 ")
    assert np.array_equal(loaded(PICTURES)["conv5_3"], random(PICTURES)["conv5_3"])


@pytest.mark.usefixtures("tiny_vgg19")
@pytest.mark.parametrize("ending", [".pth", ".safetensors"])
@pytest.mark.parametrize("kind", ["another network", "not a state", "text", "nothing"])
def test_a_file_without_vgg19_weights_is_refused(tmp_path: Path, ending: str, kind: str) -> None:
    path = tmp_path / f"weights{ending}"
    states = {"another network": {"fc.weight": torch.zeros(2)}, "not a state": torch.zeros(2)}
    if kind in ("text", "nothing"):
        path.write_text("no weights" if kind == "text" else "")
    elif ending == ".pth":
        torch.save(states[kind], path)
    else:
        save_file({"fc.weight": torch.zeros(2)}, path)
    with pytest.raises(PipelineError) as caught:
        load_backbone("vgg19", str(path), ["conv5_3"], 224, 9)
    assert caught.value.code == ExitCode.INVALID_WEIGHTS
    assert str(path) in caught.value.problem


@pytest.mark.usefixtures("tiny_vgg19")
def test_a_pickle_that_runs_code_is_refused_and_does_not_run(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (tmp_path / "was here",)

    torch.save({"fc.weight": Evil()}, tmp_path / "weights.pth")
    with pytest.raises(PipelineError) as caught:
        load_backbone("vgg19", str(tmp_path / "weights.pth"), ["conv5_3"], 224, 9)
    assert caught.value.code == ExitCode.INVALID_WEIGHTS
    assert not (tmp_path / "was here").exists()


@pytest.mark.usefixtures("tiny_vgg19")
@pytest.mark.parametrize("ending", [".pth", ".safetensors"])
def test_a_missing_file_of_weights_is_told(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"none{ending}"
    with pytest.raises(PipelineError) as caught:
        load_backbone("vgg19", str(path), ["conv5_3"], 224, 9)
    assert caught.value.code == ExitCode.WEIGHTS_UNAVAILABLE
    assert str(path) in caught.value.problem


@pytest.mark.parametrize(
    "error",
    [urllib.error.URLError("no route to host"), RuntimeError("invalid hash value")],
)
def test_a_download_that_fails_names_the_file_and_where_to_put_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*arguments: Any, **options: Any) -> None:
        raise error

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(torch.hub, "download_url_to_file", fail)
    with pytest.raises(PipelineError) as caught:
        load_backbone("vgg19", "imagenet", ["conv5_3"], 224, 9)
    assert caught.value.code == ExitCode.WEIGHTS_UNAVAILABLE
    assert str(error) in caught.value.problem
    name = tmp_path / "hub" / "checkpoints" / "vgg19-dcbb9e9d.pth"
    assert str(name) in caught.value.remedy


def test_an_unknown_tap_is_refused() -> None:
    with pytest.raises(PipelineError) as caught:
        load_backbone("vgg19", "random", ["conv6_1"], 224, 9)
    assert caught.value.code == ExitCode.INVALID_SETTING
    assert "conv6_1" in caught.value.problem
    assert "conv5_3" in caught.value.remedy


def test_an_unknown_backbone_is_refused() -> None:
    with pytest.raises(PipelineError) as caught:
        load_backbone("resnet5", "random", ["conv5_3"], 224, 9)
    assert caught.value.code == ExitCode.INVALID_SETTING
    assert "resnet50" in caught.value.remedy
